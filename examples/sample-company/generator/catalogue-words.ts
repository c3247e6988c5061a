/** What a category sells. Prices are typical list prices in US dollars. */
export interface CategoryWords {
  id: number;
  name: string;
  parentId: number;
  kinds: readonly string[];
  finishes: readonly string[];
  variants: readonly string[];
  priceUsd: readonly [low: number, high: number];
  weightKg: readonly [low: number, high: number];
  /** Relative demand from January to December. */
  season: readonly number[];
  /** Share of delivered lines that come back. */
  returnRate: number;
  businessAppeal: number;
}

export const PARENT_CATEGORIES = ['Home', 'Outdoor', 'Work', 'Tech'];

const EVEN = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
const GIFTS = [0.8, 0.8, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1, 1.1, 1.5, 1.6];
const SUMMER = [0.4, 0.5, 0.8, 1.2, 1.6, 1.8, 1.7, 1.4, 1, 0.7, 0.6, 0.6];
const WINTER = [1.3, 1.1, 0.9, 0.7, 0.6, 0.5, 0.5, 0.7, 1, 1.3, 1.6, 1.5];
const SCHOOL = [1.1, 0.9, 0.9, 0.9, 0.9, 0.8, 1, 1.6, 1.5, 1, 0.9, 0.8];

function category(
  id: number,
  name: string,
  parentId: number,
  priceUsd: readonly [number, number],
  weightKg: readonly [number, number],
  season: readonly number[],
  returnRate: number,
  businessAppeal: number,
  kinds: string,
  finishes: string,
  variants: string,
): CategoryWords {
  return {
    id,
    name,
    parentId,
    priceUsd,
    weightKg,
    season,
    returnRate,
    businessAppeal,
    kinds: kinds.split(';'),
    finishes: finishes.split(';'),
    variants: variants.split(';'),
  };
}

// biome-ignore format: a table reads best as one
export const CATEGORIES: readonly CategoryWords[] = [
  category(5, 'Cookware', 1, [18, 140], [0.6, 5], GIFTS, 0.05, 0.7, 'Saucepan;Frying Pan;Casserole;Stock Pot;Kettle;Roasting Tin', 'Enamel;Cast Iron;Copper;Steel', 'Small;Medium;Large;Set of 3'),
  category(6, 'Tableware', 1, [6, 60], [0.2, 3], GIFTS, 0.06, 0.9, 'Dinner Plate;Bowl;Mug;Carafe;Serving Board;Tumbler', 'Stoneware;Glass;Oak;Porcelain', 'Sand;Slate;White;Set of 4'),
  category(7, 'Bedding', 1, [25, 190], [0.8, 4], WINTER, 0.11, 0.4, 'Duvet;Pillow;Sheet Set;Blanket;Duvet Cover', 'Linen;Cotton;Wool;Alpine', 'Single;Double;King'),
  category(8, 'Lighting', 1, [15, 210], [0.3, 5], WINTER, 0.08, 0.8, 'Desk Lamp;Floor Lamp;Pendant;Wall Light;Lantern', 'Brass;Matt Black;Paper;Opal Glass', 'Small;Large;Dimmable'),
  category(9, 'Small Appliances', 1, [29, 260], [1, 7], GIFTS, 0.09, 0.6, 'Toaster;Blender;Coffee Grinder;Hand Mixer;Kettle;Heater', 'Steel;Cream;Graphite', 'Compact;Classic;Pro'),
  category(10, 'Camping', 2, [9, 320], [0.3, 8], SUMMER, 0.09, 0.3, 'Tent;Sleeping Bag;Stove;Cool Box;Folding Chair;Head Torch', 'Trailhead;Ridge;Basecamp', 'Compact;Standard;Family'),
  category(11, 'Garden Tools', 2, [8, 95], [0.3, 4], SUMMER, 0.05, 0.5, 'Spade;Secateurs;Rake;Watering Can;Hand Trowel;Hose Reel', 'Forged;Steel;Ash', 'Standard;Long;Compact'),
  category(12, 'Cycling', 2, [7, 160], [0.1, 3], SUMMER, 0.1, 0.3, 'Pannier;Helmet;Light Set;Pump;Lock;Mudguard', 'Trail;City;Touring', 'S;M;L'),
  category(13, 'Stationery', 3, [2, 34], [0.1, 2], SCHOOL, 0.02, 1.8, 'Notebook;Ring Binder;Fountain Pen;Marker Set;Desk Pad;Envelope Box', 'Recycled;Classic;Executive', 'A4;A5;Pack of 10;Pack of 50'),
  category(14, 'Office Furniture', 3, [79, 780], [5, 38], EVEN, 0.07, 1.5, 'Desk;Task Chair;Shelf Unit;Filing Cabinet;Meeting Table', 'Oak;Birch;Steel', 'Compact;Wide;Adjustable'),
  category(15, 'Packaging', 3, [4, 58], [0.4, 9], GIFTS, 0.01, 2.2, 'Carton;Mailing Bag;Packing Tape;Bubble Roll;Pallet Wrap', 'Kraft;Recycled;Heavy Duty', 'Pack of 20;Pack of 50;Pack of 100'),
  category(16, 'Safety Gear', 3, [5, 130], [0.1, 3], EVEN, 0.05, 2, 'Hard Hat;Work Gloves;Ear Defenders;Safety Boots;Hi-Vis Vest;First Aid Kit', 'Standard;Heavy Duty;Comfort', 'S;M;L;XL'),
  category(17, 'Audio', 4, [19, 340], [0.1, 4], GIFTS, 0.12, 0.5, 'Headphones;Speaker;Earbuds;Radio;Soundbar', 'Walnut;Black;Silver', 'Mini;Studio;Wireless'),
  category(18, 'Cables and Chargers', 4, [5, 70], [0.05, 0.5], EVEN, 0.06, 1.3, 'USB-C Cable;Wall Charger;Power Bank;Extension Lead;HDMI Cable', 'Braided;Flat;Recycled', '1 m;2 m;3 m;Pack of 2'),
];

export const BRANDS =
  `Aldermoor;Brackenhall;Copperline;Dovetail & Rye;Eastwick;Fernhollow;Greyfell;Hearthside;Ironleaf;Juniper Row;
Kestrel Works;Lanternfish;Marrow & Pine;Northgate;Otterbrook;Plumbline;Quillon;Ravensworth;Saltmarsh;Tallowmere Basics;Umberfield;
Vellum & Oak;Wrenfield;Yarrow`.split(/;\s*/);

export const TAGS =
  `bestseller;clearance;eco-label;fragile;gift idea;heavy;made to order;new arrival;oversize;plastic-free;
staff favourite;trade only`.split(/;\s*/);
