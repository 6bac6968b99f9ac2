import Kernel
import Operations

/// What has an id, once it is there.
enum FileThing: Hashable, Sendable {
  case customer
  case unit(String)
  case person(String)
  case calendar(String)
  case holidaySet(String)
  case sla(String)
  case contract
  case line(String)
  case team(String)
  /// Of suppliers, by the supplier's code and the name or reference.
  case supplierService(String)
  case underpinningContract(String)
  /// Of the catalogue, by code.
  case service(String)
  case offering(String)
}

/// Carries a plan out: calls operations, and knows the ids of what was made.
actor Applying {
  private let dispatcher: Dispatcher
  /// Where what is called is only tried.
  private let rehearsal: Rehearsal?
  private let principal: Principal
  private let language: Language
  private var ids: [FileThing: Value]
  /// The contract's, as the plan or this run left it.
  private(set) var contractVersion: Int64?

  /// The same of lines, by name.
  private var lineVersions: [String: Int64]

  /// Whether something was asked for since ``begin()`` that is not there: in a rehearsal, what a refused step would have made.
  private(set) var lacksSomething = false

  init(
    _ dispatcher: Dispatcher, as principal: Principal, _ language: Language, from recorded: RecordedState? = nil, in rehearsal: Rehearsal? = nil
  ) {
    self.dispatcher = dispatcher
    self.rehearsal = rehearsal
    self.principal = principal
    self.language = language
    ids = recorded?.ids ?? [:]
    contractVersion = recorded?.contract?["version"]?.integer
    let lines = (recorded?.lines ?? []).compactMap { line in line["version"]?.integer.map { (line["name"]?.text ?? "", $0) } }
    lineVersions = Dictionary(lines) { first, _ in first }
  }

  /// The next step begins.
  func begin() { lacksSomething = false }

  func id(_ thing: FileThing) -> Value {
    let id = ids[thing] ?? .null
    if id.isNull { lacksSomething = true }
    return id
  }

  func ids(_ things: [FileThing]) -> [Value] { things.map { id($0) } }

  func keep(_ id: Value?, of thing: FileThing) { ids[thing] = id }

  func keep(customer id: Value?) async throws {
    ids[.customer] = id
    if let rehearsal, let made = id?.text.flatMap({ PublicId($0) }) { try await rehearsal.serve(made) }
  }

  func keep(contract: Value) {
    ids[.contract] = contract["id"]
    contractVersion = contract["version"]?.integer
  }

  func keep(line: Value, named name: String) {
    ids[.line(name)] = line["id"]
    lineVersions[name] = line["version"]?.integer
  }

  func version(ofLine name: String) -> Int64? { lineVersions[name] }

  @discardableResult
  func call(_ operation: String, _ members: [Value.Member], version: Int64? = nil) async throws -> Value {
    let requestId = "file-" + Base32.encode(dispatcher.tenancy.random.bytes(10))
    if let rehearsal { return try await rehearsal.call(operation, .object(members), version: version, requestId: requestId) }
    return try await dispatcher.invoke(
      operation, .object(members), as: principal, Call(requestId: requestId, expectedVersion: version, language: language)
    ).value
  }

  /// All pages of a listing.
  func all(_ operation: String, _ members: [Value.Member]) async throws -> [Value] {
    var items: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await call(operation, members + [Value.Member("limit", 200), Value.Member("cursor", cursor)])
      items += page["items"]?.array ?? []
      cursor = page["next"] ?? .null
    } while !cursor.isNull
    return items
  }

  /// What of a line's gaps is accepted now.
  func risksInForce(of line: Value, at now: Instant) async throws -> [Value] {
    try await all("accepted_risk.list", [Value.Member("line", line)]).filter { risk in
      (risk["endedAt"]?.isNull ?? true) && (risk["until"]?.text.flatMap(Instant.init).map { $0 > now } ?? true)
    }
  }
}
