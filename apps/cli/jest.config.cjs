module.exports = { ...require('../../jest.preset.cjs')('cli'), rootDir: __dirname };
