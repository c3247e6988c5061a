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
