// Minor units as decimal text, with as many decimals as the currency has: ISO 4217, as in ingest/currencies.toml.
RETURN CASE
  WHEN $currency IN [
    'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF',
    'XPF'
  ] THEN toString($minor)
  ELSE CASE WHEN $minor < 0 THEN '-' ELSE '' END + CASE
    WHEN $currency IN ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']
      THEN toString(abs($minor) / 1000) + '.' + right('00' + toString(abs($minor) % 1000), 3)
    WHEN $currency = 'UYW' THEN toString(abs($minor) / 10000) + '.' + right('000' + toString(abs($minor) % 10000), 4)
    ELSE toString(abs($minor) / 100) + '.' + right('0' + toString(abs($minor) % 100), 2)
  END
END
