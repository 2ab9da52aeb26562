CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    realm TEXT NOT NULL,
    subject TEXT NOT NULL,
    scope TEXT NOT NULL,
    session TEXT NOT NULL,
    expires_at REAL NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX tokens_by_session ON tokens (session);

CREATE TABLE staff (
    username TEXT PRIMARY KEY,
    password TEXT NOT NULL,
    role TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE bookings (
    bookingid INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL DEFAULT 1,
    firstname TEXT NOT NULL,
    lastname TEXT NOT NULL,
    folded_firstname TEXT NOT NULL,
    folded_lastname TEXT NOT NULL,
    totalprice INTEGER NOT NULL,
    depositpaid INTEGER NOT NULL,
    checkin TEXT NOT NULL,
    checkout TEXT NOT NULL,
    additionalneeds TEXT,
    tag TEXT
);
CREATE INDEX bookings_by_tag ON bookings (tag);

CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    scopes TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE accounts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    currency TEXT NOT NULL,
    balance INTEGER NOT NULL CHECK (balance >= 0),
    tag TEXT,
    created_at REAL NOT NULL
);
CREATE INDEX accounts_by_tag ON accounts (tag);

CREATE TABLE positions (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    symbol TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    cost INTEGER NOT NULL,
    PRIMARY KEY (account_id, symbol)
) WITHOUT ROWID;

CREATE TABLE orders (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    symbol TEXT NOT NULL,
    currency TEXT NOT NULL,
    side TEXT NOT NULL,
    type TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    limit_price INTEGER,
    fill_price INTEGER,
    commission INTEGER NOT NULL,
    reserved_cash INTEGER NOT NULL,
    reserved_quantity INTEGER NOT NULL,
    status TEXT NOT NULL,
    tag TEXT,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
);
CREATE INDEX orders_by_account ON orders (account_id, status);
CREATE VIEW holders AS SELECT accounts.*, (
    SELECT coalesce(sum(reserved_cash), 0) FROM orders
    WHERE account_id = accounts.id AND status = 'open'
) AS reserved FROM accounts;
CREATE INDEX orders_by_tag ON orders (tag);

CREATE TABLE payments (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    from_account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    to_account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    reference TEXT NOT NULL,
    tag TEXT,
    created_at REAL NOT NULL
);
CREATE INDEX payments_by_account ON payments (from_account);
CREATE INDEX payments_by_tag ON payments (tag);

CREATE TABLE notifications (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    tag TEXT,
    created_at REAL NOT NULL
);
CREATE INDEX notifications_by_account ON notifications (account_id);
CREATE INDEX notifications_by_tag ON notifications (tag);

CREATE TABLE keys (
    client TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    lease TEXT NOT NULL,
    lease_ends_at REAL NOT NULL,
    answer TEXT,
    PRIMARY KEY (client, key)
) WITHOUT ROWID;

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    tag TEXT,
    password TEXT NOT NULL,
    api_key TEXT UNIQUE,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
);
CREATE UNIQUE INDEX users_by_email ON users (email COLLATE NOCASE) WHERE status <> 'deleted';
CREATE INDEX users_by_tag ON users (tag)
