import type { Random } from './random.js';

const FIRST_NAMES =
  `Ada Agnes Alma Amara Anders Anja Anton Aoife Astrid Beatrix Benedict Bram Bridget Callum Carla Cedric Clara
Conrad Cora Dagmar Damian Daria Delia Dominik Edith Elias Elin Emeka Enid Erik Esme Fatima Felix Fiona Frida Gareth Gemma Gideon
Greta Hana Harriet Hector Henrik Hilda Ida Imran Ines Ingrid Isaac Ivo Jasper Joanna Jonas Josefin Juno Kaja Karol Katrin Kofi
Lars Lena Leona Linus Lotte Lucia Magnus Maia Malik Marcel Marta Matilda Mei Milan Mina Moritz Nadia Nell Niels Noor Olga Oskar
Otto Pavel Petra Priya Quentin Rafael Ragnhild Renata Rosa Rowan Sacha Selma Silas Simone Sonja Stellan Tamsin Teodor Thea Tobias
Uma Ursula Vera Viktor Wanda Willem Yara Yusuf Zofia`.split(/\s+/);

const LAST_NAMES =
  `Abernathy Adeyemi Ahlgren Aldridge Andersen Ashdown Barlow Becker Bergqvist Blackwood Boateng Brandt Carrow
Castellan Chaudhry Claes Coldwell Corrigan Dahl Darby Delacroix Dijkstra Dobson Drummond Eklund Ellery Engel Fairbairn Farrow
Fischer Fontaine Forsberg Gallagher Garrick Gorski Granger Greaves Haas Hallam Hartwell Hedlund Hoekstra Holloway Huang Ibarra
Iqbal Jansen Jarvis Kaminski Kaur Keane Kessler Kowalczyk Lacroix Lambert Langley Larsen Lindholm Lockwood Lorenz Maas Marchetti
Marlowe Meyer Moreau Mulder Nakamura Nowak Nyström Oakley Okafor Osei Palmqvist Pemberton Petit Quigley Radcliffe Reyes Richter
Rosén Rutkowski Sandoval Schaefer Sinclair Sjöberg Stanton Strand Sutherland Tanaka Tennant Thorne Underhill Vance Verhoeven
Vogel Wallin Weber Westbrook Whitlock Winter Wójcik Yeoman Zielinski`.split(/\s+/);

const STREETS =
  `Alder Anchor Beacon Birch Bridge Canal Castle Chapel Cherry Church Cooper Dock Elm Ferry Foundry Garden
Granary Harbour Hazel High Juniper Kiln Lantern Linden Maple Market Meadow Mill Orchard Park Quarry River Rowan Saddler Station
Tanner Thistle Tower Union Vine Walnut Weaver Willow`.split(/\s+/);

const TRADES =
  `Bakery;Builders;Catering;Clinic;Consulting;Cycles;Design;Electrical;Engineering;Events;Facilities;Florists;
Foods;Guesthouse;Hotels;Interiors;Joinery;Kitchens;Labs;Landscapes;Logistics;Media;Outfitters;Print;Properties;School;Studio;
Textiles;Travel;Workshop`.split(/;\s*/);

const LEGAL_FORMS: Record<string, readonly string[]> = {
  US: ['Inc.', 'LLC', 'Co.'],
  CA: ['Ltd.', 'Inc.'],
  GB: ['Ltd', 'LLP', 'plc'],
  DE: ['GmbH', 'KG'],
  FR: ['SARL', 'SAS'],
  NL: ['B.V.'],
  SE: ['AB'],
  PL: ['Sp. z o.o.'],
};

const STREET_FORMS: Record<string, (street: string, number: number) => string> = {
  US: (street, number) => `${number} ${street} Street`,
  CA: (street, number) => `${number} ${street} Avenue`,
  GB: (street, number) => `${number} ${street} Road`,
  DE: (street, number) => `${street}weg ${number}`,
  FR: (street, number) => `${number} rue ${street}`,
  NL: (street, number) => `${street}straat ${number}`,
  SE: (street, number) => `${street}gatan ${number}`,
  PL: (street, number) => `ul. ${street} ${number}`,
};

export function personName(random: Random): { first: string; last: string } {
  return { first: random.pick(FIRST_NAMES), last: random.pick(LAST_NAMES) };
}

export function companyName(random: Random, countryCode: string): string {
  const legalForm = random.pick(LEGAL_FORMS[countryCode]!);
  const owner = random.pick(LAST_NAMES);
  const trade = random.pick(TRADES);
  if (random.chance(0.25)) return `${owner} & ${random.pick(LAST_NAMES)} ${legalForm}`;
  return `${random.chance(0.6) ? owner : random.pick(STREETS)} ${trade} ${legalForm}`;
}

export function streetAddress(random: Random, countryCode: string): string {
  return STREET_FORMS[countryCode]!(random.pick(STREETS), random.int(1, 240));
}

/** Lower-case letters of the Latin alphabet only, for e-mail addresses. */
export function toMailName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ł', 'l')
    .normalize('NFD')
    .replace(/[^a-z0-9]+/g, '');
}
