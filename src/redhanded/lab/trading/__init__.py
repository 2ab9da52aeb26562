"""A small trading desk: accounts, market data, orders, payments and notifications."""
