/** Jest for ES modules written in TypeScript; one preset for every project. */
module.exports = (name) => ({
  displayName: name,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  testRunner: require.resolve('./tools/jest/run-spec-file.mjs'),
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  // Tests wait for events, with deadlines of their own; this one only ends what hangs. A busy machine takes its time.
  testTimeout: 120_000,
});
