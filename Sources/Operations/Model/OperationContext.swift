import Kernel
import Postgres
import TLS
import Tenancy

/// What a running operation has at hand: a transaction that is already bound, and who asks for what.
package struct OperationContext: Sendable {
  package let operation: Declaration
  package let principal: Principal
  /// The tenant that the transaction is bound to; the caller's own for `many` and `anonymous`.
  package let tenant: TenantEntry
  package let provider: TenantEntry
  /// What the caller may touch here.
  package let access: Access
  package let transaction: Transaction
  package let now: Instant
  package let call: Call
  package let tenancy: Tenancy
  /// As of ``Dispatcher/permitsAddress``.
  package let permitsAddress: (@Sendable ([UInt8]) -> Bool)?
  let cursors: CursorSigner
  let journal: Journal

  package var actor: Actor { principal.actor }
  package var language: Language { call.language }
  package var random: RandomSource { tenancy.random }

  /// A new row's public id in the bound tenant.
  package func newId(_ kind: IdKind) -> PublicId { id(kind, random.publicIdBits()) }

  /// The public id of a row of the bound tenant, or of a provider row.
  package func id(_ kind: IdKind, _ bits: [UInt8]) -> PublicId {
    (kind.owner == .provider ? provider : tenant).id(kind.prefix, bits)
  }

  /// The answer to a reference, inside a body, that leads nowhere.
  package func unknownReference(_ path: String) -> Failure { .invalid(path, InputMessages.unknownReference) }

  /// The customers whose own definitions the caller may see; nil: all.
  package var reachableCustomers: [Int64]? { access.tenants.map { $0.map(\.rawValue).sorted() } }

  /// The customer that a definition is for, by the id at `path`. That the caller reaches it was checked with all references.
  package func customer(_ id: PublicId?, _ path: String) async throws -> TenantId? {
    guard let id else { return nil }
    guard let entry = try await tenancy.tenant(id.handle), entry.kind == .customer else { throw unknownReference(path) }
    return entry.id
  }

  /// Refuses a change that saw another version than there is. Call it before the compare-and-set; the statement's own
  /// `where version = $n` decides a race.
  package func requireVersion(_ current: Int64) throws(Failure) {
    guard let expected = call.expectedVersion, expected != current else { return }
    throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(expected), "current": String(current)])
  }

  /// The same for what may be there already: said anew, it needs a version; new, it has none (0).
  package func requireVersion(ofExisting current: Int64?) throws(Failure) {
    if current != nil, call.expectedVersion == nil { throw Failure(.versionRequired, OperationMessages.versionRequired) }
    try requireVersion(current ?? 0)
  }

  /// The answer to a compare-and-set that another change beat.
  package var beaten: Failure { Failure(.conflict, OperationMessages.keyInFlight, retryAfterSeconds: 1) }

  /// Names what the audit row is about.
  package func subject(_ id: PublicId) { journal.subject(id) }

  /// What tells this call from all others, and not from its own repetitions with one idempotency key: 16 bytes.
  package var callMark: [UInt8] {
    guard let key = call.idempotencyKey else { return random.bytes(16) }
    return Array(SHA256.hash("\(actor.kind.rawValue) \(actor.id) \(operation.name) \(key)").prefix(16))
  }

  /// Writes an event with the transaction, and hands it to the consumers' outbox.
  package func record(_ event: Event, for consumers: [String] = []) {
    transaction.record(event, for: consumers, tenant: tenant.id, actor: actor, at: now)
  }

  /// The page's limit and the position behind `cursor`.
  package func page(_ limit: Int64?, _ cursor: String?, filter: String = "") throws -> (limit: Int64, after: PageCursor?) {
    (limit ?? Paging.defaultLimit, try cursor.map { try cursors.open($0, for: self, filter: filter) })
  }

  /// Makes a listing of rows fetched with `limit + 1`: the extra row only tells that there is a next page.
  package func listing<Row, Element: OperationOutput>(
    _ rows: [Row], limit: Int64, filter: String = "", key: (Row) -> PageCursor, element: (Row) throws -> Element
  ) rethrows -> Listing<Element> {
    try sparseListing(rows, limit: limit, filter: filter, key: key) { try element($0) }
  }

  /// The same of rows that may turn out not to be shown: their page is shorter by them, and what follows stands on the next one all the same.
  package func sparseListing<Row, Element: OperationOutput>(
    _ rows: [Row], limit: Int64, filter: String = "", key: (Row) -> PageCursor, element: (Row) throws -> Element?
  ) rethrows -> Listing<Element> {
    let page = rows.prefix(Int(limit))
    let next = rows.count > page.count ? page.last.map { cursors.seal(key($0), for: self, filter: filter) } : nil
    return Listing(items: try page.compactMap(element), next: next)
  }

  /// Reads with the operation's transaction bound to other tenants: for `many`, after the finder. At most 500. Only for
  /// operations that read.
  package func bound<T: Sendable>(to tenants: [TenantId], _ body: (Transaction) async throws -> T) async throws -> T {
    try await tenancy.rebinding(transaction, to: tenants, body)
  }
}

/// How an operation was called.
package struct Call: Sendable {
  package let requestId: String
  package let idempotencyKey: String?
  package let expectedVersion: Int64?
  package let language: Language
  /// The peer's address, for the login limit.
  package let peer: String

  package init(requestId: String, idempotencyKey: String? = nil, expectedVersion: Int64? = nil, language: Language = .english, peer: String = "local") {
    self.requestId = requestId
    self.idempotencyKey = idempotencyKey
    self.expectedVersion = expectedVersion
    self.language = language
    self.peer = peer
  }

  /// Whether a text can be an idempotency key: visible ASCII, at most so many characters.
  package static func isKey(_ text: String, longest: Int = 128) -> Bool {
    (1...longest).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }

  /// A key for a call that came with none.
  package static func newIdempotencyKey(_ random: RandomSource) -> String { "auto-" + Base32.encode(random.bytes(15)) }
}

/// Something that happened to a subject (a ticket, a contract): append-only, ordered by the subject's own sequence.
package struct Event: Sendable {
  package let subjectKind: String
  package let subject: Int64
  package let seq: Int64
  package let type: String
  package let payload: Value
  package let occurredAt: Instant

  package init(subjectKind: String, subject: Int64, seq: Int64, type: String, payload: Value, occurredAt: Instant) {
    self.subjectKind = subjectKind
    self.subject = subject
    self.seq = seq
    self.type = type
    self.payload = payload
    self.occurredAt = occurredAt
  }
}
