/// Where the database is, and the limits of the client. Its description never shows the password.
package struct PostgresConfiguration: Sendable, CustomStringConvertible {
  /// One server. With several, the one that takes writes is used.
  package struct Server: Sendable, Hashable, CustomStringConvertible {
    /// A name, an address, or (beginning with `/`) the folder of a Unix socket.
    package let host: String
    package let port: Int

    package init(host: String, port: Int = 5432) {
      self.host = host
      self.port = port
    }

    var isUnixSocket: Bool { host.hasPrefix("/") }

    package var description: String { "\(host):\(port)" }
  }

  /// A text that shows itself only on purpose.
  package struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    package let value: String

    package init(_ value: String) {
      self.value = value
    }

    package var description: String { "(hidden)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
  }

  package let servers: [Server]
  package let user: String
  package let database: String
  package let password: Secret?
  /// The file of the authorities that sign the server's certificate, whose name is verified too. Required unless every
  /// server is a Unix socket: over a network there is no plaintext.
  package let certificateAuthorityPath: String?

  /// Off behind a pooler in transaction mode (PgBouncer before 1.21): no prepared statements, no start-up options.
  package var usesPreparedStatements = true
  package var applicationName = "steward"

  package var maximumConnections = 10
  /// Of these, how many only health checks and administration may take.
  package var reservedConnections = 1
  /// How many transactions that only read may begin at once (``PoolPurpose/reading``); the others wait. One that has read for 50 ms counts no more.
  package var maximumReaders = max(4, 2 * Poller.processors)
  /// How many callers may wait for a connection; the next is refused at once.
  package var maximumWaiters = 1000
  package var acquireTimeout = Duration.seconds(5)
  package var connectTimeout = Duration.seconds(5)
  /// How long a statement may take at the server unless its transaction says otherwise.
  package var statementTimeout = Duration.seconds(30)
  /// How long a statement may wait for a lock unless its transaction says otherwise; nil is the server's own setting.
  package var lockTimeout: Duration?
  /// How long our side waits beyond the statement's time, and then again for a cancelled statement, before it gives the connection up.
  package var cancelGrace = Duration.seconds(2)
  /// How long a transaction may sit idle before the server ends it.
  package var idleInTransactionTimeout = Duration.seconds(60)
  package var maximumLifetime = Duration.seconds(1800)
  package var idleTimeout = Duration.seconds(300)

  package init(
    servers: [Server], user: String, database: String, password: Secret? = nil, certificateAuthorityPath: String? = nil
  ) throws(ConfigurationError) {
    guard !servers.isEmpty else { throw ConfigurationError("no server is named") }
    for server in servers {
      guard !server.host.isEmpty, (1...65_535).contains(server.port), !server.host.utf8.contains(UInt8(ascii: ",")) else {
        throw ConfigurationError("the server \(server) is not a host and a port")
      }
      guard server.isUnixSocket || certificateAuthorityPath != nil else {
        throw ConfigurationError("the server \(server) needs TLS: add sslmode=verify-full and sslrootcert=FILE, or use a Unix socket")
      }
    }
    guard !user.isEmpty, !database.isEmpty else { throw ConfigurationError("user and database must be named") }
    for text in [user, database, password?.value ?? "", certificateAuthorityPath ?? ""] + servers.map(\.host) where text.utf8.contains(0) {
      throw ConfigurationError("a NUL byte is not allowed")
    }
    self.servers = servers
    self.user = user
    self.database = database
    self.password = password
    self.certificateAuthorityPath = certificateAuthorityPath
  }

  package var description: String {
    "\(user)@\(servers.map(\.description).joined(separator: ","))/\(database)" + (certificateAuthorityPath == nil ? "" : " (TLS)")
  }

  /// The keywords of libpq. All that its environment variables or files could set and that matters is set here.
  var connectionParameters: [(String, String)] {
    var parameters = [
      ("host", servers.map(\.host).joined(separator: ",")),
      ("port", servers.map { String($0.port) }.joined(separator: ",")),
      ("user", user), ("dbname", database), ("password", password?.value ?? ""),
      // A file that cannot be: no password comes from somebody's home. (Of /dev/null libpq complains on standard error.)
      ("passfile", "/dev/null/none"),
      ("application_name", applicationName), ("client_encoding", "UTF8"),
      ("target_session_attrs", servers.count > 1 ? "read-write" : "any"),
      ("gssencmode", "disable"),
      ("sslmode", certificateAuthorityPath == nil ? "disable" : "verify-full"),
      ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "15000"),
    ]
    if let certificateAuthorityPath { parameters.append(("sslrootcert", certificateAuthorityPath)) }
    if usesPreparedStatements {
      // The server's own ends, should ours fail: a statement without a client, a transaction that nobody finishes.
      let settings =
        [
          "statement_timeout=\(statementTimeout.milliseconds)", "idle_in_transaction_session_timeout=\(idleInTransactionTimeout.milliseconds)",
          "client_connection_check_interval=5000",
          // Compiling a statement of many joins takes a second; ours run for milliseconds.
          "jit=off",
        ] + (lockTimeout.map { ["lock_timeout=\($0.milliseconds)"] } ?? [])
      parameters.append(("options", settings.map { "-c \($0)" }.joined(separator: " ")))
    } else {
      parameters.append(("options", ""))
    }
    return parameters
  }
}

/// What is wrong with a configuration, for the person who wrote it. Never holds the password.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
