import Kernel
import Operations
import Postgres

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
    let (shown, internals) = (changes.filter { !$0.isInternal }, changes.filter(\.isInternal))
    func kept(_ changes: [Change]) -> [Change] { changes.filter { $0.became != nil } }
    func dropped(_ changes: [Change]) -> [String] { changes.filter { $0.became == nil }.map(\.key) }
    if !kept(shown).isEmpty { transaction.enqueue(PutShownValues(values: PutValues(subject: subject, changes: kept(shown)))) }
    if !dropped(shown).isEmpty { transaction.enqueue(DropShownValues(values: DropValues(subject: subject, keys: dropped(shown)))) }
    if !shown.isEmpty {
      transaction.enqueue(NoteShownChanges(changes: NoteChanges(subject: subject, seq: seq, changes: shown, now: now)))
    }
    if !kept(internals).isEmpty { transaction.enqueue(PutInternalValues(values: PutValues(subject: subject, changes: kept(internals)))) }
    if !dropped(internals).isEmpty {
      transaction.enqueue(DropInternalValues(values: DropValues(subject: subject, keys: dropped(internals))))
    }
    if !internals.isEmpty {
      transaction.enqueue(NoteInternalChanges(changes: NoteChanges(subject: subject, seq: internalSeq, changes: internals, now: now)))
    }
  }
}

/// The field by which calls tell attributes.
package enum AttributeFields {
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
  package func attributeChanges(of process: AttributeProcess, _ subject: Int64, at seqs: [Int64]) async throws -> [Int64: Value] {
    guard !seqs.isEmpty else { return [:] }
    let rows = try await transaction.query(ChangesOfEvents(tenant: tenant.id, process: process, subject: subject, seqs: seqs))
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
