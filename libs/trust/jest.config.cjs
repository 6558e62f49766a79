module.exports = { ...require('../../jest.preset.cjs')('trust'), rootDir: __dirname };
