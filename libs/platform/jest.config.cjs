module.exports = { ...require('../../jest.preset.cjs')('platform'), rootDir: __dirname, testTimeout: 30_000 };
