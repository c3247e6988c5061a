/** What people are called by what they do. */
const ROLES = new Set(
  `adviser advisor agent approver assignee assistant auditor author buyer cashier chief clerk coach consultant coordinator creator director
  doctor driver editor engineer handler head inspector instructor interviewer lead leader manager mentor nurse officer operator owner packer
  picker planner receiver recipient recruiter rep reporter representative requester responsible reviewer salesperson seller sender
  supervisor teacher technician trainer`.split(/\s+/),
);

/** Tables that list the people of whoever runs the database, by the last word of their name, singular. */
const PEOPLE = new Set('employee people person personnel staff user worker'.split(' '));

/** Whether the words of a column without its `id` end in a role of a person: `account manager`, `created by`. */
export const isRole = (words: readonly string[]): boolean => {
  const last = words.at(-1) ?? '';
  return ROLES.has(last) || (last === 'by' && words.length > 1);
};

export const isPeopleTable = (words: readonly string[]): boolean => PEOPLE.has(words.at(-1) ?? '');
