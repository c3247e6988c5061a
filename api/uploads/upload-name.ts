/** The last part of a file's name: a name to show, never a path to open. */
export const fileNameOf = (name: string): string =>
  (name.split(/[\\/]/).at(-1) ?? '').replaceAll(/\p{Cc}/gu, '').slice(0, 200) || 'file';

/** What the dataset is called: as its owner says, or as the file. */
export const datasetNameOf = (wanted: string | undefined, fileName: string): string =>
  wanted?.trim().slice(0, 200) || fileName;
