import { describe, expect, test } from '@jest/globals';
import { checkConnectionString } from '../../../api/connection-string.js';
import { decodeCursor, encodeCursor } from '../../../api/cursor.js';
import { preferredWaitSeconds } from '../../../api/prefer.js';
import { LIMITS } from '../../../contracts/limits.js';

describe('Prefer', () => {
  test.each([
    [undefined, 0],
    ['', 0],
    ['wait=10', 10],
    ['respond-async, wait=5', 5],
    ['wait="7"; x=1', 7],
    ['WAIT = 3', 3],
    ['wait=100000', LIMITS.preferWaitSeconds],
    ['wait=-1', 0],
    ['wait=soon', 0],
    ['await=9', 0],
  ])('%j waits %d s', (header, seconds) => {
    expect(preferredWaitSeconds(header)).toBe(seconds);
  });
});

describe('cursor', () => {
  test('comes back as the page that it was made for, without special characters', () => {
    const cursor = encodeCursor('q', 3);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeCursor('q', cursor)).toBe(3);
    expect(decodeCursor('q', undefined)).toBe(0);
  });

  test.each(['', 'x', encodeCursor('other', 3), encodeCursor('q', -1), encodeCursor('q', 0.5)])(
    'refuses %j',
    (cursor) => {
      expect(() => decodeCursor('q', cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
    },
  );
});

describe('connection string', () => {
  test.each([
    ['postgres://reader:secret@db/shop', 'reader@db:5432/shop'],
    ['postgresql://reader:s%40crt@db:6543/shop?sslmode=require', 'reader@db:6543/shop'],
    ['  postgres://db/shop  ', 'db:5432/shop'],
    ['postgres://a%20b:x@[::1]:5433/my%20db', 'a b@[::1]:5433/my db'],
  ])('of %s is shown as %s', (connectionString, address) => {
    expect(checkConnectionString(connectionString)).toEqual({ kind: 'postgres', address });
  });

  test.each([
    ['mysql://reader:s%40crt@db/shop', 'reader@db:3306/shop'],
    ['mariadb://reader@[::1]:3307/my%20db?ssl-mode=VERIFY_IDENTITY', 'reader@[::1]:3307/my db'],
  ])('of %s is one of MySQL, shown as %s', (connectionString, address) => {
    expect(checkConnectionString(connectionString)).toEqual({ kind: 'mysql', address });
  });

  test.each([
    ['mysql://db/shop?multipleStatements=true'],
    ['mysql://db/shop?socketPath=/run/x.sock'],
    ['mysql://db/shop?flags=LOCAL_FILES'],
    ['mysql://db/shop?ssl-mode=none'],
    ['mysql://db/shop?ssl={}'],
    ['mysql://db'],
    ['mysql:///shop'],
    ['mysql://u:%zz@db/shop'],
    ['mysql://u:%00@db/shop'],
  ])('%s is refused, and nothing of it is repeated', (connectionString) => {
    expect(() => checkConnectionString(connectionString)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.not.stringContaining('shop') }),
    );
  });

  test('must agree with the kind that is asked for', () => {
    expect(() => checkConnectionString('mysql://db/shop', 'postgres')).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
    expect(() => checkConnectionString('oracle://db/shop')).toThrow(
      expect.objectContaining({ code: 'data_source_unsupported' }),
    );
  });
});
