"""The demo review: real publications on low-dose naltrexone, made-up votes and judgements."""
