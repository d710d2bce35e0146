import torch


def main():
    torch.manual_seed(7)


if __name__ == "__main__":
    main()
