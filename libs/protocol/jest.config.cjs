module.exports = { ...require('../../jest.preset.cjs')('protocol'), rootDir: __dirname };
