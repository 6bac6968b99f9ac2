import Kernel
import Postgres
import TLS
import Tenancy

/// A call on its way through the transaction: what makes it repeatable, and what is written of it.
struct Request: Sendable {
  let declaration: Declaration
  let inputFields: [any InputField]
  let input: Value
  /// The input as it was asked, with the e-mail addresses by which it names people: the same call stays the same when they have others.
  let asked: Value
  /// Of a file that came beside the input.
  let content: FileContent?
  let principal: Principal
  let call: Call
  let key: String

  var isRepeatable: Bool { declaration.isRepeatable }

  /// Whether there can be a result of an earlier call: a key that we have just made up ourselves is new.
  var mayBeRepetition: Bool { isRepeatable && call.idempotencyKey != nil }

  /// The result of an earlier call with this key; refuses another body under the same key.
  func stored(in transaction: Transaction, tenant: TenantId) async throws -> Dispatcher.Outcome? {
    let found = try await transaction.first(
      FindIdempotent(tenant: tenant, actor: principal.actor, operation: declaration.name, key: key))
    guard let found else { return nil }
    guard constantTimeEquals(found.requestHash, hash) else { throw Failure(.conflict, OperationMessages.keyReused) }
    return Dispatcher.Outcome(value: found.response, isReplay: true)
  }

  /// Writes the audit row and the idempotency row with the commit. Two calls with one key meet at the unique key: the
  /// second waits for the first, fails, and then finds the stored result.
  func record(_ value: Value, _ journal: Journal, _ context: OperationContext) {
    audit(journal, context)
    guard isRepeatable else { return }
    context.transaction.enqueue(
      InsertIdempotent(
        tenant: context.tenant.id, actor: principal.actor, operation: declaration.name, key: key, requestHash: hash,
        response: journal.withoutSecrets(value), recordedAt: context.now))
  }

  func audit(_ journal: Journal, _ context: OperationContext) {
    AuditRecord(
      tenant: context.tenant.id, operation: declaration.name, outcome: .done, subject: journal.subject, actor: principal.actor,
      requestId: call.requestId, content: record, salt: context.random.bytes(16), recordedAt: context.now
    ).enqueue(on: context.transaction)
  }

  /// The hash of what was asked. A secret takes no part in it: an unsalted hash over a password would undo all the work
  /// of the slow one.
  private var hash: [UInt8] {
    let said: [Value.Member] = [Value.Member("input", Self.withoutSecrets(asked, inputFields)), Value.Member("version", .integer(call.expectedVersion))]
    return SHA256.hash(JSON.write(Value.object(said + file).canonical))
  }

  /// What the audit keeps of the input.
  private var record: Value {
    let by: [Value.Member] = principal.actor.kind == .operator ? [Value.Member("operator", .text(principal.name))] : []
    return .object([Value.Member("input", withoutSecrets)] + file + by)
  }

  /// A file says what its content is.
  private var file: [Value.Member] {
    guard let content else { return [] }
    return [Value.Member("file", .object(["digest": .text("sha256 " + Base32.encode(content.digest)), "bytes": .integer(content.bytes)]))]
  }

  private var withoutSecrets: Value { Self.withoutSecrets(input, inputFields) }

  private static func withoutSecrets(_ input: Value, _ fields: [any InputField]) -> Value {
    guard let members = input.members else { return input }
    let byName = Dictionary(fields.map { ($0.name, $0) }) { first, _ in first }
    return .object(
      members.map { member in
        // A member that is no field stands only in an input whose form is somebody else's.
        guard let field = byName[member.name], !field.isKeptElsewhere else { return Value.Member(member.name, hashed(member.value)) }
        if field.isSecret { return Value.Member(member.name, .text("(secret)")) }
        return Value.Member(member.name, withoutSecrets(member.value, field.type))
      })
  }

  private static func hashed(_ value: Value) -> Value { .text("sha256 " + Base32.encode(SHA256.hash(JSON.write(value.canonical)))) }

  private static func withoutSecrets(_ value: Value, _ type: FieldType) -> Value {
    switch type {
    case .object(let fields): withoutSecrets(value, fields)
    case .list(let element, _): .array((value.array ?? []).map { withoutSecrets($0, element) })
    default: value
    }
  }
}

extension Value {
  /// The one form that is hashed, and that PostgreSQL's jsonb gives back as it took it: members by name, and numbers
  /// that are no 64-bit integers as texts (jsonb would write 1e9999 out in full).
  package var canonical: Value {
    switch self {
    case .object(let members):
      .object(members.map { Member($0.name, $0.value.canonical) }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    case .array(let elements): .array(elements.map(\.canonical))
    case .decimal(let digits): .text(digits)
    default: self
    }
  }
}
