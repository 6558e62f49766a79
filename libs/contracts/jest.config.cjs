module.exports = { ...require('../../jest.preset.cjs')('contracts'), rootDir: __dirname };
