import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { MappingContent } from '../../contracts/schema-mapping.js';
import { areaNames, type Preferences, preferencesOf } from './preferences.js';

/**
 * As preferencesOf, for an area that somebody named.
 * @throws QuaestorError `subject_area_unknown`, with the names that there are.
 */
export function expectPreferences(entries: readonly MappingContent[], area: string | undefined): Preferences {
  const preferences = preferencesOf(entries, area);
  if (preferences) return preferences;
  const names = areaNames(entries);
  throw new QuaestorError(
    'subject_area_unknown',
    `There is no subject area "${area}"; ${names.length > 0 ? `there are: ${names.join(', ')}` : 'there is none yet'}.`,
  );
}
