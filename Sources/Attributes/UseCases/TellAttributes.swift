import Kernel
import Operations
import Postgres
import TypedFields

/// What a call tells of the attributes of a ticket, while the definitions are asked for.
package struct ToldAttributes: Sendable {
  private let context: OperationContext
  private let process: AttributeProcess
  private let told: [Value.Member]
  private let found: Later<AttributeDefinition>

  fileprivate init(_ context: OperationContext, _ process: AttributeProcess, _ told: [Value.Member]) {
    (self.context, self.process, self.told) = (context, process, told)
    found = context.transaction.later(DefinitionsByKey(process: process, keys: told.map(\.name)))
  }

  /// Holds what is told against the definitions, once the round trip was made that carried the question; throws what is wrong with it.
  /// - Parameters:
  ///   - customer: whose ticket it is; nil: nobody's in particular.
  ///   - category: the one that it has afterwards.
  package func applied(to held: HeldAttributes, of customer: TenantId?, category: String?) async throws -> AttributeEdit {
    let rule = AttributeRule(
      definitions: try found.rows, customer: customer, category: category, isCustomer: context.principal.side == .customer)
    let outcome = rule.applied(told, to: held)
    var violations = outcome.violations
    if let first = outcome.unknown.first {
      let keys = try await context.transaction.query(KeysInUse(process: process, customer: customer))
      violations.append(
        Failure.Violation(
          path: "attributes.\(first.shown)", AttributeMessages.unknown,
          ["keys": outcome.unknown.shown, "allowed": keys.isEmpty ? "-" : keys.shown]))
    }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    return outcome.edit
  }
}

extension AttributeEdit {
  /// Hands what changed to the transaction.
  /// - Parameters:
  ///   - seq: the place in the history of the event that tells what the customer may know.
  ///   - internalSeq: of the one that tells the rest.
  package func save(_ subject: AttributeSubject, seq: Int64, internalSeq: Int64, now: Instant, in transaction: Transaction) {
    save(subject, internal: false, seq: seq, now: now, in: transaction)
    save(subject, internal: true, seq: internalSeq, now: now, in: transaction)
  }

  /// The same of one side alone: what the customer may know, or the rest.
  package func save(_ subject: AttributeSubject, internal isInternal: Bool, seq: Int64, now: Instant, in transaction: Transaction) {
    let changes = changes.filter { $0.isInternal == isInternal }
    guard !changes.isEmpty else { return }
    let kept = PutValues(subject: subject, changes: changes.filter { $0.became != nil })
    let dropped = DropValues(subject: subject, keys: changes.filter { $0.became == nil }.map(\.key))
    let noted = NoteChanges(subject: subject, seq: seq, changes: changes, now: now)
    if isInternal {
      if !kept.changes.isEmpty { transaction.enqueue(PutInternalValues(values: kept)) }
      if !dropped.keys.isEmpty { transaction.enqueue(DropInternalValues(values: dropped)) }
      transaction.enqueue(NoteInternalChanges(changes: noted))
    } else {
      if !kept.changes.isEmpty { transaction.enqueue(PutShownValues(values: kept)) }
      if !dropped.keys.isEmpty { transaction.enqueue(DropShownValues(values: dropped)) }
      transaction.enqueue(NoteShownChanges(changes: noted))
    }
  }
}

/// The fields by which calls tell attributes, and records are told with theirs.
package enum AttributeFields {
  /// Of what is the provider's own: all that it holds.
  package static func held<Record>(by held: @escaping @Sendable (Record) -> HeldAttributes) -> OutputField<Record> {
    OutputField("attributes", .document, "Custom attributes by key, as attribute.list describes them.", "自定义属性，按键列出（说明见 attribute.list）。") {
      held($0).value
    }
  }

  package static let attributes = Field.document(
    "attributes", "Custom attributes by key (attribute.list); null takes one away.", "自定义属性，按键填写（见 attribute.list）；null 表示清除。")
  package static let filter = Field.text(
    "attribute", 1...120, "Only those that hold this value of a custom attribute, a choice or yes or no: KEY:VALUE.", "仅限自定义属性（选择或是否类型）取此值的工单：键:值。"
  ).optional
  /// As many as one call may tell.
  static let most = 100
}

extension OperationContext {
  /// Asks for the definitions of what a call tells of attributes; they travel with the next round trip. Nil: it tells nothing, and nothing is asked.
  package func told(_ attributes: Value?, of process: AttributeProcess) throws(Failure) -> ToldAttributes? {
    guard let told = attributes?.members, !told.isEmpty else { return nil }
    guard told.count <= AttributeFields.most else {
      throw .invalid("attributes", AttributeMessages.tooManyTold, ["most": String(AttributeFields.most)])
    }
    return ToldAttributes(self, process, told)
  }

  /// What the events of a history changed, by their place: for each the key and what it was and became.
  package func attributeChanges(
    of process: AttributeProcess, _ subject: Int64, in tenant: TenantId, at seqs: [Int64]
  ) async throws -> [Int64: Value] {
    guard !seqs.isEmpty else { return [:] }
    let rows = try await transaction.query(ChangesOfEvents(tenant: tenant, process: process, subject: subject, seqs: seqs))
    return Dictionary(grouping: rows, by: \.seq).mapValues { changes in
      .array(changes.map { .object(["key": .text($0.key), "was": $0.was ?? .null, "became": $0.became ?? .null]) })
    }
  }

  /// Gives a ticket what another one of its customer holds and it does not.
  /// - Parameters:
  ///   - seq: the place in its history of the event that tells what the customer may know; nil: there is nothing of that.
  ///   - internalSeq: of the one that tells the rest.
  package func carryAttributes(from other: Int64, to subject: AttributeSubject, seq: Int64?, internalSeq: Int64?) {
    if let seq { transaction.enqueue(CarryShownValues(values: CarryValues(from: other, subject: subject, seq: seq, now: now))) }
    if let internalSeq {
      transaction.enqueue(CarryInternalValues(values: CarryValues(from: other, subject: subject, seq: internalSeq, now: now)))
    }
  }
}
