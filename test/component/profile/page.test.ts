import { expect, test } from '@jest/globals';
import { renderProfilePage } from '../../../domain/profile/page/render-profile-page.js';
import { profileTable } from '../../support/profile-table.js';

const HOSTILE = '<img src=x onerror=alert(1)>"\'';

test('cells, names and the title are text on the page, never markup', async () => {
  const profile = await profileTable(
    `SELECT CASE WHEN i % 3 = 0 THEN '${HOSTILE.replaceAll("'", "''")}' ELSE 'x' END AS "<script>alert(2)</script>", i AS n FROM range(50) r(i)`,
  );
  const page = renderProfilePage(profile, HOSTILE);
  expect(page).not.toContain('<img');
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;');
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/(?:src|href)="(?!#)/);
});

test('values of personal columns are withheld', async () => {
  const profile = await profileTable(
    "SELECT 'user' || i || '@example.org' AS email, i % 7 AS n FROM range(60) r(i)",
  );
  const page = renderProfilePage(profile, 'people');
  expect(page).toContain('the values are withheld');
  expect(page).not.toContain('@example.org');
});

test('values of a column with personal data somewhere in its text are withheld, on the page and in its findings', async () => {
  const profile = await profileTable(
    "SELECT CASE WHEN i % 60 = 7 THEN ' write to anna' || i || '@post.example' ELSE 'picked up on day ' || i % 9 END AS note, i AS n FROM range(300) r(i)",
  );
  const page = renderProfilePage(profile, 'notes');
  expect(profile.findings.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['personal-data', 'padded-values']),
  );
  expect(page).toContain('the values are withheld');
  expect(page).not.toContain('post.example');
  expect(page).not.toContain('picked up');
});

test('years and numbers that are names have no marks for thousands, amounts have', async () => {
  const profile = await profileTable(
    'SELECT 1950 + (i * 7) % 70 AS year, 1000000 + i AS account_id, 1000000 + i * 37 AS amount FROM range(300) r(i)',
  );
  const page = renderProfilePage(profile, 'numbers');
  expect(page).toContain('1950');
  expect(page).not.toContain('1,950');
  expect(page).toContain('1000299');
  expect(page).toContain('1,011,063');
});
