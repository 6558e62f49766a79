/** By its own command only (npm run e2e:compose): `npm test` must not need a container engine. */
module.exports = {
  ...require('../../jest.preset.cjs')('e2e-compose'),
  rootDir: __dirname,
  testMatch: ['<rootDir>/*.spec.ts'],
};
