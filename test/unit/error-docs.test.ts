import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { ERRORS } from '../../contracts/errors.js';
import { renderErrorDocs } from '../../scripts/render-error-docs.js';

const docs = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const documented = [...docs.matchAll(/^\| `(\w+)` +\| (\w+) +\| (\d+) +\|/gm)].map((match) =>
  match.slice(1, 4),
);

test('docs/errors.md has every code of the catalogue with its kind and status, and no other', () => {
  const catalogued = Object.entries(ERRORS).map(([code, { kind, status }]) => [code, kind, String(status)]);
  expect(documented.sort()).toEqual(catalogued.sort());
});

test('docs/errors.md is what the generator writes now', () => {
  expect(docs).toBe(renderErrorDocs());
});

test('every entry can stand in a table and ends its way out with a full stop', () => {
  for (const [code, { title, wayOut }] of Object.entries(ERRORS)) {
    expect({ code, isOneCell: !/[|\n]/.test(title + wayOut) }).toEqual({ code, isOneCell: true });
    expect(wayOut).toMatch(/\.$/);
    expect(title).not.toMatch(/\.$/);
  }
});
