extension PostgresConfiguration {
  /// Reads `postgres://user:password@host:port,host2:port2/database?sslmode=verify-full&sslrootcert=FILE` or, over a Unix
  /// socket, `postgres://user@/database?host=/run/postgresql`. What it does not know it refuses; its errors never quote
  /// the URL, which holds the password.
  package init(url: String) throws(ConfigurationError) {
    guard let scheme = ["postgres://", "postgresql://"].first(where: url.hasPrefix) else {
      throw ConfigurationError("a database URL begins with postgres:// or postgresql://")
    }
    var rest = url.dropFirst(scheme.count)
    var options: [String: String] = [:]
    if let mark = rest.firstIndex(of: "?") {
      options = try Self.options(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    var database = ""
    if let slash = rest.firstIndex(of: "/") {
      database = try Self.decoded(rest[rest.index(after: slash)...], "database")
      rest = rest[..<slash]
    }
    var user = ""
    var password: Secret?
    if let at = rest.lastIndex(of: "@") {
      let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      user = try Self.decoded(login[0], "user")
      if login.count == 2 { password = Secret(try Self.decoded(login[1], "password")) }
      rest = rest[rest.index(after: at)...]
    }
    var servers: [Server] = []
    for part in rest.split(separator: ",") { servers.append(try Self.server(part)) }
    if let host = options.removeValue(forKey: "host") {
      guard servers.isEmpty else { throw ConfigurationError("the host is named twice in the database URL") }
      guard let port = Int(options.removeValue(forKey: "port") ?? "5432") else { throw ConfigurationError("the port in the database URL is not a number") }
      servers = host.split(separator: ",").map { Server(host: String($0), port: port) }
    }
    if let named = options.removeValue(forKey: "user") { user = named }
    let mode = options.removeValue(forKey: "sslmode")
    let authority = options.removeValue(forKey: "sslrootcert")
    let applicationName = options.removeValue(forKey: "application_name")
    let prepared = options.removeValue(forKey: "prepared")
    if let unknown = options.keys.min() { throw ConfigurationError("the option \(unknown) of the database URL is not known") }
    guard mode == nil || mode == "verify-full" else { throw ConfigurationError("the only sslmode is verify-full") }
    guard (mode == nil) == (authority == nil) else { throw ConfigurationError("sslmode=verify-full and sslrootcert=FILE go together") }
    guard prepared == nil || prepared == "on" || prepared == "off" else { throw ConfigurationError("prepared is on or off") }

    try self.init(servers: servers, user: user, database: database.isEmpty ? user : database, password: password, certificateAuthorityPath: authority)
    usesPreparedStatements = prepared != "off"
    if let applicationName { self.applicationName = applicationName }
  }

  private static func server(_ text: Substring) throws(ConfigurationError) -> Server {
    var host = text
    var port: Substring?
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let tail = text[text.index(after: end)...]
      if tail.hasPrefix(":") { port = tail.dropFirst() } else if !tail.isEmpty { throw ConfigurationError("a host of the database URL cannot be read") }
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    guard let number = port.map({ Int($0) }) ?? 5432 else { throw ConfigurationError("a port of the database URL is not a number") }
    return Server(host: try decoded(host, "host"), port: number)
  }

  private static func options(_ text: Substring) throws(ConfigurationError) -> [String: String] {
    var options: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw ConfigurationError("an option of the database URL has no value") }
      let name = try decoded(parts[0], "option")
      guard options.updateValue(try decoded(parts[1], name), forKey: name) == nil else {
        throw ConfigurationError("the option \(name) of the database URL is given twice")
      }
    }
    return options
  }

  /// Undoes percent encoding.
  private static func decoded(_ text: Substring, _ part: String) throws(ConfigurationError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, !digits.hasPrefix("+"), let value = UInt8(digits, radix: 16) else {
        throw ConfigurationError("the \(part) of the database URL has a % without two digits")
      }
      rest = rest.dropFirst(2)
      bytes.append(value)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else { throw ConfigurationError("the \(part) of the database URL is not UTF-8") }
    return decoded
  }
}
