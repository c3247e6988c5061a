/**
 * npm run bench:dialects -- [--data DIR]: are files read right whose dialect nobody told?
 *
 * DIR holds `csv/` (spoiled files) and `clean/` (the same names: commas, double quotes, UTF-8, the header first). Without --data
 * files are generated: five tables with each pollution of Pollock's list and some more. A file scores up to 10: success, and
 * precision, recall and F1 of header, records and cells. "weighted" weighs the pollutions as a survey of open data portals met them.
 *
 * Then tables in thirteen encodings and eighteen languages (countries, languages and currencies by their names there; 4 to 400 rows): right is a
 * file whose text is the one written.
 *
 * Options: --data DIR, --seed N (default 1), --write DIR (keeps the generated files), --worst N (default 10), --json
 */
import { isUtf8 } from 'node:buffer';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { guessEncodings } from '../activities/datasets/ingest/guess-encodings.js';
import { detectDialect } from '../domain/datasets/dialect/detect-dialect.js';
import { createEncodedFiles } from './dialects/encoded-files.js';
import { type PollutedFile, polluteTable } from './dialects/pollutions.js';
import { readClean, readPolluted } from './dialects/read-file.js';
import { type FileScore, scoreFile } from './dialects/score.js';
import { createSourceTables } from './dialects/source-tables.js';
import { weightsOf } from './dialects/weights.js';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    seed: { type: 'string', default: '1' },
    write: { type: 'string' },
    worst: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  const files = options.data ? await readFolders(options.data) : generate(Number(options.seed));
  if (options.write) await write(options.write, files);
  const scores = files.map(({ name, bytes, clean }) => scoreFile(name, clean, tryRead(bytes)));
  const weights = weightsOf(scores.map(({ name }) => name));
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (value: (score: FileScore) => number): number =>
    scores.reduce((sum, score) => sum + value(score), 0) / scores.length;
  const result = {
    files: scores.length,
    simple: round(mean(({ total }) => total)),
    weighted: round(
      scores.reduce((sum, { total }, index) => sum + total * (weights[index] ?? 0), 0) / weightSum,
    ),
    success: round(mean(({ success }) => success)),
    headerF1: round(mean(({ header }) => header.f1)),
    recordF1: round(mean(({ records }) => records.f1)),
    cellF1: round(mean(({ cells }) => cells.f1)),
    perfect: scores.filter(({ total }) => total > 9.9999).length,
  };
  const encodings = options.data ? [] : scoreEncodings(Number(options.seed));
  const worst = [...scores].sort((a, b) => a.total - b.total).slice(0, Number(options.worst));
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...result, worst, encodings })}\n`);
    return;
  }
  for (const [name, figure] of Object.entries(result)) process.stdout.write(`${name.padEnd(10)} ${figure}\n`);
  for (const { name, total } of worst.filter(({ total }) => total < 9.9999)) {
    process.stdout.write(`  ${total.toFixed(2)}  ${name}\n`);
  }
  for (const { encoding, right, files: all, doubted } of encodings) {
    process.stdout.write(
      `${encoding.padEnd(14)} ${right} of ${all} read right; said to be uncertain: ${doubted}\n`,
    );
  }
}

interface EncodingScore {
  encoding: string;
  files: number;
  right: number;
  /** Files read wrong, of which the reader is told that the encoding is not certain, and files read right of which it is told too. */
  doubted: string;
}

function scoreEncodings(seed: number): EncodingScore[] {
  const scores = new Map<
    string,
    { files: number; right: number; doubtedRight: number; doubtedWrong: number }
  >();
  for (const { encoding, bytes, text } of createEncodedFiles(seed)) {
    const dialect = detectDialect({ head: bytes, isWhole: true, isUtf8: isUtf8(bytes), guessEncodings });
    const isRight = dialect !== undefined && new TextDecoder(dialect.encoding).decode(bytes) === text;
    const isDoubted = dialect?.evidence.some(
      ({ about, confidence }) => about === 'encoding' && confidence < 0.7,
    );
    const score = scores.get(encoding) ?? { files: 0, right: 0, doubtedRight: 0, doubtedWrong: 0 };
    scores.set(encoding, score);
    score.files += 1;
    if (isRight) score.right += 1;
    if (isDoubted && isRight) score.doubtedRight += 1;
    if (isDoubted && !isRight) score.doubtedWrong += 1;
  }
  return [...scores].map(([encoding, { files, right, doubtedRight, doubtedWrong }]) => ({
    encoding,
    files,
    right,
    doubted: `${doubtedRight} right, ${doubtedWrong} wrong ones`,
  }));
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

function tryRead(bytes: Buffer): string[][] | undefined {
  try {
    return readPolluted(bytes);
  } catch {
    return undefined;
  }
}

const generate = (seed: number): PollutedFile[] =>
  createSourceTables(seed).flatMap((table) => polluteTable(table, seed));

async function readFolders(folder: string): Promise<PollutedFile[]> {
  const names = (await readdir(join(folder, 'csv'))).sort();
  return await Promise.all(
    names.map(async (name) => ({
      name,
      bytes: await readFile(join(folder, 'csv', name)),
      clean: readClean(await readFile(join(folder, 'clean', name))),
    })),
  );
}

async function write(folder: string, files: readonly PollutedFile[]): Promise<void> {
  await mkdir(join(folder, 'csv'), { recursive: true });
  await mkdir(join(folder, 'clean'), { recursive: true });
  const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  for (const { name, bytes, clean } of files) {
    await writeFile(join(folder, 'csv', `${name}.csv`), bytes);
    await writeFile(
      join(folder, 'clean', `${name}.csv`),
      clean.map((row) => `${row.map(quote).join(',')}\n`).join(''),
    );
  }
}

await main();
