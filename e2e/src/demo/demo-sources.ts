/** What lies on the machines of the demonstration: names and sizes as in real life, contents made from a seed. */
export interface DemoSource {
  /** Below the folder of the demonstration. */
  readonly directory: string;
  /** Of the file that was made as the `index`th. */
  readonly path: (index: number) => string;
  readonly sizeKiB: (index: number) => number;
  readonly filesAtFirst: number;
  readonly filesPerBackup: number;
  /** Files that change from backup to backup: the last ones that were made. */
  readonly changesPerBackup: number;
}

const two = (number: number): string => String(number).padStart(2, '0');
const monthOf = (index: number, perMonth: number): string => two((Math.floor(index / perMonth) % 12) + 1);
const pick = <T>(choices: readonly T[], index: number): T => choices[index % choices.length]!;

export const demoSources = {
  accounting: {
    directory: 'accounting',
    path: (index) =>
      index < 6
        ? pick(
            [
              'ledger-2026.xlsx',
              'chart-of-accounts.ods',
              'budget-2027.xlsx',
              'vat-q3.ods',
              'assets.csv',
              'README.txt',
            ],
            index,
          )
        : `2026/${monthOf(index, 40)}/invoices/INV-2026-${String(1000 + index)}.pdf`,
    sizeKiB: (index) => 12 + ((index * 37) % 90),
    filesAtFirst: 380,
    filesPerBackup: 4,
    changesPerBackup: 6,
  },
  photos: {
    directory: 'photos',
    path: (index) =>
      `${pick(['2025/07-norway', '2025/12-christmas', '2026/04-garden', '2026/08-sardinia'], Math.floor(index / 30))}/IMG_${4000 + index}.jpg`,
    sizeKiB: (index) => 180 + ((index * 71) % 240),
    filesAtFirst: 120,
    filesPerBackup: 6,
    changesPerBackup: 0,
  },
  scans: {
    directory: 'scans',
    path: (index) => `2026-11/scan-${String(index).padStart(4, '0')}.pdf`,
    sizeKiB: (index) => 60 + ((index * 53) % 120),
    filesAtFirst: 40,
    filesPerBackup: 3,
    changesPerBackup: 0,
  },
  websites: {
    directory: 'www',
    path: (index) =>
      `${pick(['shop.example.org', 'blog.example.org', 'intranet'], index)}/${pick(['index.html', 'assets/app.js', 'assets/app.css', 'img/hero.webp', 'about/index.html', 'api/schema.json', 'robots.txt'], Math.floor(index / 3))}`.replace(
        /(\.[a-z]+)$/,
        index < 21 ? '$1' : `-${index}$1`,
      ),
    sizeKiB: (index) => 2 + ((index * 13) % 40),
    filesAtFirst: 640,
    filesPerBackup: 5,
    changesPerBackup: 18,
  },
  uploads: {
    directory: 'uploads',
    path: (index) =>
      index === 0
        ? 'sessions.log'
        : `customer-${100 + (index % 17)}/attachment-${index}.${pick(['pdf', 'png', 'docx'], index)}`,
    sizeKiB: (index) => (index === 0 ? 2048 : 20 + ((index * 29) % 60)),
    filesAtFirst: 210,
    filesPerBackup: 7,
    changesPerBackup: 2,
  },
  logs: {
    directory: 'logs',
    path: (index) => `access-2026-${monthOf(index, 30)}-${two((index % 30) + 1)}.log.gz`,
    sizeKiB: (index) => 90 + ((index * 17) % 60),
    filesAtFirst: 90,
    filesPerBackup: 1,
    changesPerBackup: 1,
  },
  zones: {
    directory: 'dns-zones',
    path: (index) =>
      `${pick(['example.org', 'example.net', 'internal', '10.in-addr.arpa'], index)}/zone-${Math.floor(index / 4)}.db`,
    sizeKiB: () => 3,
    filesAtFirst: 24,
    filesPerBackup: 0,
    changesPerBackup: 1,
  },
  mail: {
    directory: 'mail',
    path: (index) => `${pick(['info', 'sales', 'support'], index)}/cur/17${index}.M${index}P1.mail`,
    sizeKiB: (index) => 4 + ((index * 11) % 30),
    filesAtFirst: 150,
    filesPerBackup: 0,
    changesPerBackup: 0,
  },
  dumps: {
    directory: 'postgres/dumps',
    path: (index) =>
      `${pick(['shop', 'crm', 'wiki'], index)}-2026-11-${two((Math.floor(index / 3) % 28) + 1)}.dump`,
    sizeKiB: (index) => 700 + ((index * 31) % 400),
    filesAtFirst: 12,
    filesPerBackup: 3,
    changesPerBackup: 0,
  },
  wiki: {
    directory: 'wiki',
    path: (index) => `pages/${pick(['how-to', 'team', 'projects', 'network'], index)}/page-${index}.md`,
    sizeKiB: (index) => 1 + (index % 14),
    filesAtFirst: 430,
    filesPerBackup: 3,
    changesPerBackup: 9,
  },
  home: {
    directory: 'home/ada',
    path: (index) =>
      `${pick(['Documents', 'Desktop', 'Pictures', 'src/notes'], index)}/${pick(['letter', 'draft', 'plan', 'sketch', 'minutes'], Math.floor(index / 4))}-${index}.${pick(['odt', 'md', 'png', 'txt'], index)}`,
    sizeKiB: (index) => 8 + ((index * 19) % 70),
    filesAtFirst: 260,
    filesPerBackup: 4,
    changesPerBackup: 7,
  },
} as const satisfies Record<string, DemoSource>;

export type DemoSourceName = keyof typeof demoSources;
