import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/**
 * Does a list of files ask for `url(upload: true)`? So older clients announce what they upload: the files that they name
 * are declared by it.
 */
export const isUploadRequest = (info: GraphQLResolveInfo): boolean =>
  info.fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && asks(selectionSet, info));

const asks = ({ selections }: SelectionSetNode, info: GraphQLResolveInfo): boolean =>
  selections.some((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = info.fragments[selection.name.value];
      return fragment !== undefined && asks(fragment.selectionSet, info);
    }
    if (selection.kind === Kind.FIELD && selection.name.value === 'url') {
      return (selection.arguments ?? []).some(({ name, value }) => {
        if (name.value !== 'upload') return false;
        if (value.kind === Kind.VARIABLE) return info.variableValues[value.name.value] === true;
        return value.kind === Kind.BOOLEAN && value.value;
      });
    }
    return selection.selectionSet !== undefined && asks(selection.selectionSet, info);
  });
