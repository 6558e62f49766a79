module.exports = { ...require('../../jest.preset.cjs')('standalone'), rootDir: __dirname };
