module.exports = { ...require('../../jest.preset.cjs')('web'), rootDir: __dirname };
