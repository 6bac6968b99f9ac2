import AdminProtocol
import HTTPAPI
import Kernel
import Logging
import Operations
import TLS
import Tenancy
import TestSupport

/// Both interfaces over one registry and one database, on free ports, over real TLS.
struct Edges: Sendable {
  let httpPort: Int
  let adminPort: Int
  let authorityFile: String

  static func with(_ world: World, _ body: (Edges) async throws -> Void) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let authenticator = Authenticator(tenancy: world.database.tenancy)
    let http = try APIServer(
      APIConfiguration(port: 0, certificates: try ServerCertificates(files: trial.server, applicationProtocols: ["http/1.1"]), version: "test"),
      dispatcher: world.dispatcher, authenticator: authenticator, logger: logger, readiness: { Readiness([]) })
    let certificates = try ServerCertificates(files: trial.server, applicationProtocols: [AdminConfiguration.applicationProtocol])
    let admin = AdminServer(
      AdminConfiguration(remote: .init(host: "127.0.0.1", port: 0, certificates: certificates), version: "test", permissions: []),
      dispatcher: world.dispatcher, authenticator: authenticator, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (httpPorts, httpFound) = AsyncStream<Int>.makeStream()
      let (adminPorts, adminFound) = AsyncStream<Int>.makeStream()
      group.addTask { try await http.run { httpFound.yield($0) } }
      group.addTask { try await admin.run { adminFound.yield($0.port ?? 0) } }
      guard let httpPort = await httpPorts.first(where: { _ in true }), let adminPort = await adminPorts.first(where: { _ in true }) else { return }
      try await body(Edges(httpPort: httpPort, adminPort: adminPort, authorityFile: trial.authorityFile))
      group.cancelAll()
    }
  }
}

/// Somebody with a token and grants that the server reads from the database.
struct EdgeCaller: Sendable, CustomStringConvertible {
  let role: StockRole
  let scope: Grant.ScopeKind
  let principal: Principal
  let token: String

  var description: String { "\(role.rawValue) (\(scope.rawValue))" }

  static func make(_ world: World, _ role: StockRole, _ scope: Grant.ScopeKind) async throws -> EdgeCaller {
    let made = role.isCustomers ? try await Self.customer(world, role, scope) : try await Self.staff(world, role, scope)
    let row = try await world.number("select id::text from tenancy.account where login = '\(made.login)'")
    let tenant = role.isCustomers ? world.a.entry : world.provider
    let principal = Principal(
      actor: Actor(kind: made.kind, id: row, via: .http), tenant: tenant.id,
      side: role.isCustomers ? .customer : .staff, name: "Somebody", person: made.person,
      grants: [Grant(role: role.rawValue, permissions: world.database.permissions(of: role), scope: made.granted)])
    return EdgeCaller(role: role, scope: scope, principal: principal, token: try await session(of: row, in: tenant, world))
  }

  /// As after a login, without the cost of a password.
  private static func session(of account: Int64, in tenant: TenantEntry, _ world: World) async throws -> String {
    let secret = Secret(handle: tenant.handle, random: SystemRandom.source)
    let now = world.database.clock.now()
    _ = try await world.database.tenancy.transaction(binding: [tenant.id], side: .staff) { transaction in
      try await transaction.execute(
        InsertToken(
          tenant: tenant.id, publicId: SystemRandom.bytes(12), account: account, kind: "session", name: "parity", secretHash: secret.hash,
          permissions: nil, expiresAt: now.adding(seconds: 3600), recordedAt: now))
    }
    return secret.text
  }

  private typealias Account = (kind: Actor.Kind, id: Value, login: String, person: Int64?, granted: Grant.Scope)

  private static func staff(_ world: World, _ role: StockRole, _ scope: Grant.ScopeKind) async throws -> Account {
    let login = world.login()
    let id = try await world.seed("staff.create", ["login": login, "name": "Somebody"])["id"] ?? .null
    guard scope == .all else {
      try await world.seed("staff_grant.add", ["account": id, "role": .text(role.rawValue), "customers": .array([.text(world.a.id)])])
      return (.staff, id, login.text ?? "", nil, .listed([world.a.entry.id]))
    }
    try await world.seed("staff_grant.add", ["account": id, "role": .text(role.rawValue), "everyCustomer": .bool(true)])
    return (.staff, id, login.text ?? "", nil, .all)
  }

  private static func customer(_ world: World, _ role: StockRole, _ scope: Grant.ScopeKind) async throws -> Account {
    let login = world.login()
    let person = try await world.seeded("per", in: world.a).id
    let made = try await world.seed("account.create", ["customer": .text(world.a.id), "login": login, "name": "Somebody", "person": person])
    let id = made["id"] ?? .null
    let unit: Value = scope == .unit ? world.scopeUnit.id : .null
    try await world.seed("account_grant.add", ["account": id, "role": .text(role.rawValue), "scope": .text(scope.rawValue), "unit": unit])
    let row = try await world.number("select person_id::text from tenancy.account where login = '\(login.text ?? "")'")
    let granted: Grant.Scope =
      switch scope {
      case .own: .own(person: row)
      case .unit: .units([world.scopeUnit.row])
      default: .tenant
      }
    return (.customer, id, login.text ?? "", row, granted)
  }
}

/// What a caller is told by either interface, without what belongs to one of them alone: status line and headers here, tag and
/// request-id there.
struct Told: Equatable, CustomStringConvertible {
  /// The last two digits of the status or code; both take them from one list.
  let kind: Int
  let isSuccess: Bool
  /// Of a failure: its code, its text, and what is wrong with which field.
  let failure: Value
  let value: Value

  var description: String { "\(isSuccess ? "done" : "failed") \(kind) \(JSON.text(isSuccess ? value : failure))" }

  /// With ids, numbers, versions, secrets and digests that two calls of the same kind must differ in written alike.
  var alike: Told { Told(kind: kind, isSuccess: isSuccess, failure: failure, value: Self.alike(value)) }

  private static func alike(_ value: Value) -> Value {
    switch value {
    case .text(let text): .text(alike(text))
    case .array(let elements): .array(elements.map(alike))
    // The key of a custom attribute is a name that was given.
    case .object(let members): .object(members.map { Value.Member(alike($0.name), differing.contains($0.name) ? .null : alike($0.value)) })
    default: value
    }
  }

  /// Besides versions what generated calls take in turn: the step of a gate, the process of a handbook with what holds there.
  private static let differing: Set = ["version", "step", "process", "inForce", "gaps"]

  private static func alike(_ text: String) -> String {
    if let id = PublicId(text) { return "id of \(id.kind)" }
    if World.isSecret(text) { return "secret" }
    if text.wholeMatch(of: /[0-9a-f]{64}/) != nil { return "digest" }
    return text.replacing(/[0-9]+/, with: "#")
  }
}

/// One connection to each interface, as one caller.
struct EdgeClients {
  private let edges: Edges
  private var http: HTTPTestClient
  let admin: AdminTestClient
  let token: String

  init(_ edges: Edges, _ caller: EdgeCaller) async throws {
    self.edges = edges
    http = try await .connect(port: edges.httpPort, trusting: edges.authorityFile)
    admin = try await .connect(port: edges.adminPort, trusting: edges.authorityFile)
    token = caller.token
    _ = try await admin.command("AUTH token=\(token)")
    _ = try await admin.command("FORMAT json")
  }

  func close() async {
    await http.close()
    await admin.close()
  }

  // MARK: HTTP

  mutating func overHTTP(_ operation: RegisteredOperation, _ call: ValidCall) async throws -> Told {
    let route = Route(of: operation)
    var members = call.input.members ?? []
    var path = route.path
    if path.contains("{id}") {
      path = path.replacing("{id}", with: members.first { $0.name == "id" }?.value.text ?? "none")
      members.removeAll { $0.name == "id" }
    }
    var headers = [("Authorization", "Bearer \(token)"), ("Accept-Language", "en"), ("Accept", "application/json")]
    if let version = call.version { headers.append(("If-Match", "\"\(version)\"")) }
    var body: [UInt8]?
    if route.method.takesBody {
      headers.append(("Content-Type", "application/json"))
      body = JSON.write(.object(members))
    } else if !members.isEmpty {
      path += "?" + members.compactMap { member in Self.text(member.value).map { "\(member.name)=\(Self.percentEncoded($0))" } }.joined(separator: "&")
    }
    let reply = try await http.request(route.method.rawValue, path, headers: headers, body: body)
    if reply["connection"]?.lowercased() == "close" {
      // After as many requests as one connection may ask, the server says so.
      await http.close()
      http = try await .connect(port: edges.httpPort, trusting: edges.authorityFile)
    }
    let value = (try? JSON.read(reply.body)) ?? .null
    guard reply.status < 300 else {
      let errors = value["errors"]?.array ?? []
      let failure = Value.object([
        "code": value["code"] ?? .null, "text": value["detail"] ?? .null,
        "errors": .array(errors.map { .array([$0["path"] ?? .null, $0["code"] ?? .null, $0["detail"] ?? .null]) }),
      ])
      return Told(kind: reply.status % 100, isSuccess: false, failure: failure, value: .null)
    }
    // The admin protocol has one word for what was made, and 202 for a stored result.
    let kind = reply.status == 202 && operation.declaration.answersLater ? 201 : reply.status
    return Told(kind: kind % 100, isSuccess: true, failure: .null, value: value)
  }

  private static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x2d || byte == 0x5f
      return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  // MARK: Admin protocol

  func overAdmin(_ operation: RegisteredOperation, _ call: ValidCall) async throws -> Told {
    let words = operation.declaration.name.split(separator: ".").map { String($0.map { $0 == "_" ? "-" : $0 }) }
    var arguments = (call.input.members ?? []).map { AdminCommand.Argument($0.name, Self.text($0.value)) }
    if let version = call.version { arguments.append(AdminCommand.Argument("version", String(version))) }
    try await admin.send(AdminCommand(words: words, arguments: arguments).bytes())
    let lines = try await admin.reply()
    let payloads = lines.map { line in (try? JSON.read(line.split(separator: " ", maxSplits: 2).dropFirst(2).joined())) ?? .null }
    let code = lines.last?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    let last = payloads.last ?? .null
    guard code / 100 == 2 else {
      let errors = last["errors"]?.array ?? []
      let failure = Value.object([
        "code": last["code"] ?? .null, "text": last["text"] ?? .null,
        "errors": .array(errors.map { .array([$0["path"] ?? .null, $0["code"] ?? .null, $0["text"] ?? .null]) }),
      ])
      return Told(kind: code % 100, isSuccess: false, failure: failure, value: .null)
    }
    let own: Set<String> = ["request-id", "rows"]
    var members = (last.members ?? []).filter { !own.contains($0.name) }
    if last["rows"] != nil { members.insert(Value.Member("items", .array(Array(payloads.dropLast()))), at: 0) }
    return Told(kind: code % 100, isSuccess: true, failure: .null, value: .object(members))
  }

  private static func text(_ value: Value) -> String? {
    switch value {
    case .null: nil
    case .bool(let bool): String(bool)
    case .integer(let integer): String(integer)
    case .decimal(let digits): digits
    case .text(let text): text
    case .array, .object: JSON.text(value)
    }
  }
}
