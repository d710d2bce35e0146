export default (): Promise<void> | undefined => globalThis.endSdkServer?.();
