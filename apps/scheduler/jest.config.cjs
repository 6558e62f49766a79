module.exports = { ...require('../../jest.preset.cjs')('scheduler'), rootDir: __dirname };
