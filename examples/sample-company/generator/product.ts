import type { CategoryWords } from './catalogue-words.js';

export interface PriceSpan {
  fromMs: number;
  /** null: still valid */
  untilMs: number | null;
  cents: number;
}

export interface Supplier {
  id: number;
  name: string;
  countryCode: string;
  email: string | null;
  paymentDays: number;
  rating: string | null;
  isActive: boolean;
  leadDays: number;
}

export interface ProductSupplier {
  supplierId: number;
  costCents: number;
  leadDays: number;
  minimumQuantity: number;
  isPreferred: boolean;
}

export interface Product {
  id: number;
  sku: string;
  name: string;
  category: CategoryWords;
  brandId: number;
  /** Oldest first, without gaps, in US dollars. */
  prices: PriceSpan[];
  costCents: number;
  weightGrams: number;
  launchedMs: number;
  discontinuedMs: number | null;
  popularity: number;
  suppliers: ProductSupplier[];
  tagIds: number[];
  attributes: string;
  barcode: number | null;
}
