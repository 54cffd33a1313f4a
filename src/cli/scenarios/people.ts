/** Made-up customers and what they buy, for a history that looks like one. Names are common ones of their countries. */

export interface Country {
  currency: string;
  locale: string;
  first: readonly string[];
  last: readonly string[];
}

export const COUNTRIES: readonly Country[] = [
  {
    currency: 'ZAR',
    locale: 'en-ZA',
    first: ['Thandi', 'Sipho', 'Lerato', 'Johan', 'Naledi', 'Pieter', 'Ayesha', 'Bongani'],
    last: ['Mokoena', 'Nkosi', 'van der Merwe', 'Naidoo', 'Dlamini', 'Botha', 'Khumalo', 'Jacobs'],
  },
  {
    currency: 'NGN',
    locale: 'en',
    first: ['Chinedu', 'Amara', 'Tunde', 'Ngozi', 'Yusuf', 'Folake', 'Emeka', 'Zainab'],
    last: ['Okafor', 'Adeyemi', 'Bello', 'Eze', 'Balogun', 'Ibrahim', 'Nwosu', 'Oyelaran'],
  },
  {
    currency: 'KES',
    locale: 'en',
    first: ['Wanjiru', 'Otieno', 'Achieng', 'Kamau', 'Faith', 'Mwangi', 'Njeri', 'Kiprono'],
    last: ['Kariuki', 'Odhiambo', 'Mutua', 'Njoroge', 'Cheruiyot', 'Wambui', 'Ochieng', 'Kiptoo'],
  },
  {
    currency: 'EUR',
    locale: 'de',
    first: ['Anna', 'Lukas', 'Sofia', 'Mateo', 'Élodie', 'Jürgen', 'Giulia', 'Pieter'],
    last: ['Müller', 'Schneider', 'Rossi', 'García', 'Lefèvre', 'Jansen', 'Novák', 'Silva'],
  },
  {
    currency: 'GBP',
    locale: 'en-GB',
    first: ['Olivia', 'Harry', 'Priya', 'Callum', 'Grace', 'Mohammed', 'Isla', 'Owen'],
    last: ['Smith', 'Patel', 'Jones', "O'Connor", 'Campbell', 'Khan', 'Evans', 'Taylor'],
  },
  {
    currency: 'JPY',
    locale: 'ja',
    first: ['Yuki', 'Haruto', 'Sakura', 'Ren', 'Aoi', 'Daiki', 'Hina', 'Sota'],
    last: ['Sato', 'Suzuki', 'Takahashi', 'Tanaka', 'Watanabe', 'Ito', 'Yamamoto', 'Nakamura'],
  },
];

/** What is sold, with a price in whole units of a strong currency. */
export const GOODS: readonly { what: string; price: number }[] = [
  { what: 'Two concert tickets', price: 64 },
  { what: 'Coffee beans, 1 kg', price: 21 },
  { what: 'Running shoes', price: 119 },
  { what: 'Hotel, one night', price: 142 },
  { what: 'Phone case', price: 12 },
  { what: 'Language course', price: 89 },
  { what: 'Garden chair', price: 47 },
  { what: 'Headphones', price: 75 },
];

export const PLANS: readonly { what: string; price: number }[] = [
  { what: 'Magazine, monthly', price: 9 },
  { what: 'Gym membership', price: 35 },
  { what: 'Music, family plan', price: 17 },
  { what: 'Coffee club', price: 24 },
];

/** How many minor units one whole unit of a strong currency is about, so that prices look like prices. */
export const MINOR_UNITS: Readonly<Record<string, number>> = {
  ZAR: 1_800,
  NGN: 150_000,
  KES: 13_000,
  EUR: 92,
  GBP: 79,
  JPY: 150,
};
