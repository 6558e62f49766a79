module.exports = { ...require('../../jest.preset.cjs')('restore'), rootDir: __dirname };
