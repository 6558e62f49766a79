import nx from '@nx/eslint-plugin';
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Who may import whom. A room is a project; apps meet only through libs. `testing` is for specs alone. */
const rooms = {
  protocol: [],
  contracts: [],
  trust: ['contracts', 'testing'],
  authority: ['contracts', 'trust', 'testing'],
  'api-client': ['contracts', 'testing'],
  terminal: ['contracts', 'testing'],
  'local-files': ['protocol', 'testing'],
  restore: ['protocol', 'contracts', 'reader', 'local-files', 'testing'],
  reader: ['protocol', 'contracts', 'trust', 'testing'],
  vault: ['protocol', 'contracts', 'testing'],
  ledger: ['contracts', 'testing'],
  platform: ['contracts', 'trust', 'testing'],
  testing: ['protocol', 'contracts'],
  scheduler: ['contracts', 'platform', 'ledger', 'trust', 'testing'],
  'sender-agent': [
    'contracts',
    'platform',
    'protocol',
    'reader',
    'restore',
    'local-files',
    'trust',
    'testing',
  ],
  receiver: ['contracts', 'platform', 'protocol', 'vault', 'trust', 'testing'],
  'admin-api': ['contracts', 'platform', 'ledger', 'protocol', 'reader', 'trust', 'authority', 'testing'],
  cli: [
    'contracts',
    'api-client',
    'terminal',
    'protocol',
    'reader',
    'restore',
    'local-files',
    'vault',
    'testing',
  ],
  standalone: ['contracts', 'platform', 'api-client', 'terminal', 'trust', 'authority', 'testing'],
  web: ['contracts', 'api-client'],
  e2e: ['contracts', 'protocol', 'testing'],
  bench: ['contracts', 'protocol', 'testing'],
};

export default tseslint.config(
  {
    ignores: ['**/dist', '**/out-tsc', '**/node_modules', '.nx', '.periodic-backup', '.runtime', '**/*.cjs'],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { '@nx': nx },
    languageOptions: {
      parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            ...Object.entries(rooms).map(([room, may]) => ({
              sourceTag: `room:${room}`,
              onlyDependOnLibsWithTags: may.map((other) => `room:${other}`),
            })),
          ],
        },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/only-throw-error': 'error',
      eqeqeq: 'error',
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['apps/web/src/**/*.ts', 'apps/web/src/**/*.tsx'],
    languageOptions: { parserOptions: { project: './apps/web/tsconfig.lint.json' } },
  },
  {
    files: ['apps/web/src/**/*.ts', 'apps/web/src/**/*.tsx'],
    ignores: ['**/*.spec.ts'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'react-hooks/set-state-in-render': 'error',
      'react-hooks/purity': 'error',
      'react-hooks/static-components': 'error',
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ group: ['node:*'], message: 'A browser has no Node.' }],
          paths: ['contracts', 'api-client'].map((room) => ({
            name: `@periodic-backup/${room}`,
            message: `A browser takes @periodic-backup/${room}/http.`,
          })),
        },
      ],
    },
  },
  {
    files: ['apps/web/public/**/*.js'],
    languageOptions: { sourceType: 'script', globals: globals.browser },
  },
);
