/** Words that tables of the bench are made of: chosen to be like each other now and then, as real ones are. */

export const FIRST_NAMES =
  'James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah Christopher Karen Charles Lisa Daniel Nancy Matthew Betty Anthony Sandra Mark Margaret Steven Ashley Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa Sean Deborah Stephen Stephanie Ronald Rebecca Jon Sara Mathew Katherine Catherine Kathryn Eric Erik Anne Anna Ana José Jose João Zoë Zoe Björn Søren François Łukasz Nguyễn'.split(
    ' ',
  );
export const FAMILY_NAMES =
  "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Clarke Johnston Hansen Hanson Hansson Petersen Pedersen Peterson Meyer Meier Maier Mayer Schmidt Schmitt Schmitz O'Brien O'Neill McDonald MacDonald Müller Muller García Gonzales Stevens Stephens Andersen Andersson Thomsen Thomson Philips Phillips Read Reed Reid Browne Smyth".split(
    ' ',
  );
export const CITIES = [
  'Newport',
  'Newark',
  'San José',
  'San Juan',
  'Santa Maria',
  'Frankfurt am Main',
  'Frankfurt (Oder)',
  'Springfield',
  'Brighton',
  'Bridgeton',
  'Portsmouth',
  'Portland',
  'St. Louis',
  'St Andrews',
  'Villeneuve',
  'Villanueva',
  'Málaga',
  'Kraków',
  'København',
  'Zürich',
  'Genève',
  'Genova',
  'Georgetown',
  'Jamestown',
];
export const PLACE_BEGINNINGS =
  'Nieder Ober Neu Alt Schön Grün Stein Wald Berg Rosen König Kirch Mühl Burg Hoch Lang Breit Weiß Schwarz Linden'.split(
    ' ',
  );
export const PLACE_ENDINGS =
  'dorf heim hausen bach feld stadt tal kirchen au brunn reuth hofen stein furt bruck leben'.split(' ');
export const JOB_TITLES = [
  'Software Engineer',
  'Senior Software Engineer',
  'Account Manager',
  'Account Executive',
  'Nurse',
  'Nurse (RN)',
  'Teacher',
  'Technician I',
  'Technician II',
  'Technician III',
  'Sales Representative',
  'Marketing Manager',
  'Market Analyst',
  'Data Analyst',
  'Director',
  'Co-Director',
  'VP Sales',
  'Intern',
];
export const REMARKS = [
  'No complaints so far.',
  'Patient was moved to ward 3B, see file',
  'Très bien, merci – à bientôt!',
  'Bitte vor 9:00 Uhr anrufen',
  'ok',
  'good value for £12.50',
  'great 👍👍',
  "It's fine, I guess…",
  'He said "never again", then ordered two more',
  'Total cost was more than expected',
  'null and void according to the lawyer',
  'sum of all parts; see attachment',
  'N/A for most of us, but not for me',
  'Second visit\nwent better than the first',
  'delivered to neighbour (no. 14)',
  'São Paulo office called, não urgente',
  'ÇA MARCHE',
  'MANHÃ, TARDE E NOITE',
  '5/5 would buy again',
  'none',
];
