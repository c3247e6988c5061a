import { describe, expect, test } from '@jest/globals';
import { questionTables } from '../../../domain/datasets/question-schema.js';
import { withTableWords } from '../../../domain/datasets/row-words.js';

const column = (name: string) => ({ name, type: 'varchar', comment: null });
const tables = questionTables([
  {
    name: 'requests_2024',
    title: 'requests 2024',
    rowCount: 10,
    columns: ['case_enquiry_id', 'case_status', 'side', 'line_no'].map(column),
  },
]);
const values = { 'requests_2024.side': ['Good Characters', 'Bad Characters'] };

describe('the rows of a single dataset', () => {
  test.each([
    ['How many rows?', 'How many requests 2024?'],
    ['How many cases per side?', 'How many requests 2024 per side?'],
    ['How many closed cases?', 'How many closed requests 2024?'],
    ['top 5 characters by line no', 'top 5 requests 2024 by line no'],
    ['number of entries by case status', 'number of requests 2024 by case status'],
    // Parts of names and values stay what they are.
    ['cases by case status', 'requests 2024 by case status'],
    ['case status of good characters', 'case status of good characters'],
    ['total of line no', 'total of line no'],
  ])('are meant by their nouns: %s', (question, expected) => {
    expect(withTableWords(question, tables, values)).toBe(expected);
  });

  test('are not guessed where there are several tables', () => {
    expect(withTableWords('How many rows?', [...tables, ...tables], values)).toBe('How many rows?');
  });
});
