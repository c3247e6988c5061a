import { posix } from 'node:path';
import type { DatasetSheet } from '../../../../contracts/dataset.js';
import { QuaestorError } from '../../../../contracts/quaestor-error.js';
import {
  type NumberMeaning,
  numberMeaning,
  unescapeText,
} from '../../../../domain/datasets/xlsx/cell-text.js';
import type { Archive } from './open-archive.js';
import { readXml } from './read-xml.js';

export interface Workbook {
  sheets: (DatasetSheet & { part: string })[];
  is1904: boolean;
  /** By the index of a cell's style. */
  meanings: NumberMeaning[];
  sharedStrings: string[];
}

/** Reads what the cells of a workbook refer to: its sheets, number formats and shared texts. */
export async function openWorkbook(archive: Archive): Promise<Workbook> {
  const bookPart = await findBook(archive);
  const parts = await readRelationships(archive, bookPart);
  const partOf = (type: string): string | undefined => parts.find((part) => part.type === type)?.target;
  const sheets: Workbook['sheets'] = [];
  let is1904 = false;
  await readXml(archive.read(bookPart), {
    open: (name, attributes) => {
      if (name === 'workbookPr') is1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
      if (name !== 'sheet') return;
      const relation = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
      const target = parts.find((part) => part.id === relation);
      // Charts and macros have sheets of their own without cells.
      if (target?.type !== 'worksheet' || !archive.names.has(target.target)) return;
      const isHidden = (attributes['state'] ?? 'visible') !== 'visible';
      sheets.push({ name: attributes['name'] ?? '', isHidden, part: target.target });
    },
  });
  if (sheets.length === 0) throw new QuaestorError('dataset_empty', 'The workbook has no sheet with cells.');
  return {
    sheets,
    is1904,
    meanings: await readMeanings(archive, partOf('styles')),
    sharedStrings: await readSharedStrings(archive, partOf('sharedStrings')),
  };
}

async function findBook(archive: Archive): Promise<string> {
  if (archive.names.has('_rels/.rels')) {
    const relations = await readRelationships(archive, '');
    const book = relations.find(({ type }) => type === 'officeDocument')?.target;
    if (book?.endsWith('.xml') && book.includes('xl/')) return book;
  }
  if (archive.names.has('xl/workbook.xml')) return 'xl/workbook.xml';
  const what = archive.names.has('xl/workbook.bin')
    ? 'a binary workbook (.xlsb); save it as .xlsx'
    : archive.names.has('word/document.xml')
      ? 'a text document (.docx)'
      : 'a ZIP archive, and no workbook';
  throw new QuaestorError('dataset_unreadable', `The file is ${what}.`);
}

interface Relationship {
  id: string;
  /** The last word of its type: `worksheet`, `styles`. */
  type: string;
  target: string;
}

async function readRelationships(archive: Archive, part: string): Promise<Relationship[]> {
  const folder = posix.dirname(part);
  const relations: Relationship[] = [];
  const name = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  if (!archive.names.has(name)) return relations;
  await readXml(archive.read(name), {
    open: (element, { Id = '', Type = '', Target = '', TargetMode = '' }) => {
      if (element !== 'Relationship' || TargetMode === 'External') return;
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target);
      relations.push({ id: Id, type: Type.split('/').at(-1) ?? '', target });
    },
  });
  return relations;
}

async function readMeanings(archive: Archive, part: string | undefined): Promise<NumberMeaning[]> {
  const meanings: NumberMeaning[] = [];
  if (part === undefined || !archive.names.has(part)) return meanings;
  const codes = new Map<number, string>();
  let isInCells = false;
  await readXml(archive.read(part), {
    open: (name, attributes) => {
      const id = Number(attributes['numFmtId'] ?? 0);
      if (name === 'numFmt') codes.set(id, attributes['formatCode'] ?? '');
      else if (name === 'cellXfs') isInCells = true;
      else if (name === 'xf' && isInCells) meanings.push(numberMeaning(id, codes.get(id)));
    },
    close: (name) => {
      if (name === 'cellXfs') isInCells = false;
    },
  });
  return meanings;
}

async function readSharedStrings(archive: Archive, part: string | undefined): Promise<string[]> {
  const strings: string[] = [];
  if (part === undefined || !archive.names.has(part)) return strings;
  let text = '';
  let isText = false;
  // Readings of East Asian words stand beside them and are no part of the text.
  let isPhonetic = false;
  await readXml(archive.read(part), {
    open: (name) => {
      if (name === 'si') text = '';
      else if (name === 'rPh') isPhonetic = true;
      else if (name === 't') isText = !isPhonetic;
    },
    text: (piece) => {
      if (isText) text += piece;
    },
    close: (name) => {
      if (name === 't') isText = false;
      else if (name === 'rPh') isPhonetic = false;
      else if (name === 'si') strings.push(unescapeText(text));
    },
  });
  return strings;
}
