module.exports = { ...require('../../jest.preset.cjs')('testing'), rootDir: __dirname };
