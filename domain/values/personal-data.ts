/**
 * Tells columns that may hold personal data or secrets, so that their values are not copied. It errs on the side of caution: a
 * column that is withheld for nothing costs a little precision, a person's data in an index costs more.
 */

/** Anywhere in a name, whose separators do not count. Cities, regions and countries are no addresses of persons. */
const PERSONAL =
  /e?mail|phone|mobile|telefon|fax|iban|bic$|swift|accountn|cardn|creditcard|birth|geburt|^dob|dob$|passport|passw|pwd|secret|token|apikey|credential|hash|address|adresse|street|strasse|postal|postcode|zip|plz|ssn|socialsec|taxid|vatn|nationalid|licen[cs]e(n|plate)|firstname|forename|givenname|middlename|lastname|surname|familyname|fullname|vorname|nachname|username|nickname|login|signature|salutation|displayname|screenname|religion|ethnic|disease|diagnos|ipaddr|^ip$|useragent|latitude|longitude/;

/** Words for people: a column of that name, or a name of one of them, is personal. */
const PEOPLE =
  'customer|cust|client|user|person|people|employee|staff|worker|author|writer|reviewer|contact|patient|student|pupil|member|owner|manager|driver|doctor|nurse|agent|salesperson|salesrep|seller|buyer|teacher|professor|guest|visitor|subscriber|applicant|candidate|passenger|tenant|recipient|sender|holder|assignee|lead|kunde|mitarbeiter|inhaber';
const PERSON_ALONE = new RegExp(`^(${PEOPLE})s?$`);
const PERSON_SOMEWHERE = new RegExp(PEOPLE);

const folded = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** By the names of the table and the column: `customers.name`, `orders.created_by`, `billing_address`, `sbCustPhone`. */
export function looksPersonalColumn(tableName: string, columnName: string): boolean {
  const column = folded(columnName);
  if (PERSONAL.test(column) || PERSON_ALONE.test(column) || /_by$|[a-z]By$/.test(columnName)) return true;
  if (!/name$/.test(column)) return false;
  // A name without a word of its own is that of the table's thing; `role_name` of a user is not.
  return PERSON_SOMEWHERE.test(column === 'name' ? folded(tableName) : column);
}

const PERSONAL_VALUES = [
  /[^\s@]+@[^\s@]+\.[^\s@]+/,
  // Phone, card and social security numbers; also dates in digits, which are no names for anything either.
  /^\+?(?:[\s()./-]*\d){7,}[\s()./-]*$/,
  /^[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?$/,
  /^\d{1,3}(?:\.\d{1,3}){3}$/,
  /^\d+\w? .*\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd)\b/i,
  /\b(?:\p{L}+str(?:aße|asse|\.)|rue|via|calle) (?:\p{L}+ )*\d+/iu,
];

/** By the values: one that is an email address, a number of a person, or a street is enough. */
export const looksPersonalValues = (values: readonly string[]): boolean =>
  values.some((value) => PERSONAL_VALUES.some((pattern) => pattern.test(value)));
