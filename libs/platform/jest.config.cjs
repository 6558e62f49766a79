module.exports = { ...require('../../jest.preset.cjs')('platform'), rootDir: __dirname };
