import Kernel
import Operations
import Postgres

/// A problem or a change that is linked to another, as the caller sees it.
package struct LinkedRecord: Sendable {
  let subject: OfferSubject
  let version: Int64
  /// Whose affair it is that it is named; nil: of all who see what it is linked to.
  let customer: TenantId?

  package init(_ subject: OfferSubject, version: Int64, of customer: TenantId?) {
    self.subject = subject
    self.version = version
    self.customer = customer
  }
}

/// A process whose records are linked to each other.
package protocol LinkedProcess: NamesRecord {
  /// By which its history is told.
  associatedtype Note: NoteStatement
  /// As which a list tells of a record.
  associatedtype Line: OperationOutput
  /// What the one is to the other, and the field that names that.
  static var kind: Field<String> { get }
  static var to: Field<PublicId> { get }
  /// What is told of a record that another one is linked to, by ``LinkedTo/told(_:_:_:)``: made once, for each is told by it.
  static var told: [OutputField<LinkedTo<Self>>] { get }
  /// One that the caller sees.
  static func find(_ id: PublicId, in context: OperationContext) async throws -> LinkedRecord
}

/// What one record of a process is to another.
package struct ProcessLinkInput<Process: LinkedProcess>: OperationInput {
  let id: PublicId
  let kind: ProcessLinkKind
  let to: PublicId

  package static var fields: [any InputField] { [Process.id, Process.kind, Process.to] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Process.id]
    kind = ProcessLinkKind(rawValue: try values[Process.kind]) ?? .relatesTo
    to = try values[Process.to]
  }
}

/// A record that another one is linked to.
package struct LinkedTo<Process: LinkedProcess>: OperationOutput {
  package let line: Process.Line
  /// What the record that is asked about is to it.
  let kind: String
  let at: Instant

  package static var fields: [OutputField<Self>] { Process.told }

  /// - Parameters:
  ///   - facts: those of its ``line``.
  ///   - english, chinese: what there may be between the two.
  package static func told(_ facts: [OutputField<Self>], _ english: String, _ chinese: String) -> [OutputField<Self>] {
    facts + [
      OutputField("link", .text, english, chinese) { .text($0.kind) },
      OutputField("linkedAt", .instant, "When they were linked.", "关联时间。") { .instant($0.at) },
    ]
  }
}

extension OperationContext {
  /// Refuses a link that leads one way and comes back to where it begins. Others of its process wait until this transaction ends.
  /// - Parameters:
  ///   - from: the end that the link leads away from.
  ///   - tenant: whose the links are.
  ///   - reached: where links of this kind lead from the other end.
  package func requireNoCircle<Reached: Statement>(
    _ kind: ProcessLinkKind, from: Int64, process: String, of tenant: TenantId, reached: Reached
  ) async throws where Reached.Output == Int64 {
    guard kind != .relatesTo else { return }
    let (_, ahead) = try await transaction.query(LockProcessLinks(tenant: tenant, process: process), reached)
    guard !ahead.contains(from) else { throw Failure.invalid("to", SpineMessages.linkCircle) }
  }
}

/// Links between problems, and between changes. They need no version and raise none: they stand beside both.
extension OperationContext {
  package func link<Process: LinkedProcess>(_ input: ProcessLinkInput<Process>) async throws -> Done {
    let (left, right) = try await endsOfLink(input)
    let link = processLink(left, right, input.kind)
    try await requireNoCircle(
      link.kind, from: link.from, process: link.process, of: provider.id,
      reached: ReachedByLinks(provider: provider.id, process: link.process, from: link.to, kind: link.kind))
    guard try await transaction.first(InsertProcessLink(link: link)) != nil else { throw Failure(.conflict, SpineMessages.linkedAlready) }
    return note("linked", left, right, input)
  }

  package func unlink<Process: LinkedProcess>(_ input: ProcessLinkInput<Process>) async throws -> Done {
    let (left, right) = try await endsOfLink(input)
    guard try await transaction.first(EndProcessLink(link: processLink(left, right, input.kind))) != nil else {
      throw Failure(.conflict, SpineMessages.notLinked)
    }
    return note("unlinked", left, right, input)
  }

  /// A page of the records that one is linked to, of those that the caller sees.
  /// - Parameters:
  ///   - line: tells of another one by its row.
  ///   - find: looks for what the id names, as the caller sees it.
  package func links<Process: LinkedProcess, Row: LinkedRow>(
    of process: Process.Type, _ id: PublicId, _ limit: Int64?, _ cursor: String?, line: (Row) -> Process.Line, find: () async throws -> Int64
  ) async throws -> Listing<LinkedTo<Process>> {
    let filter = id.description
    let (most, after) = try page(limit, cursor, filter: filter)
    let record = try await find()
    let rows = try await transaction.query(
      LinkedRows<Row>(
        provider: provider.id, customers: reachableCustomers, record: record, after: try after?.integer(0) ?? 0, limit: most + 1))
    return listing(rows, limit: most, filter: filter, key: { PageCursor([.integer($0.link)]) }) {
      LinkedTo<Process>(line: line($0.row), kind: $0.isLeft ? $0.kind.rawValue : $0.kind.inverse, at: $0.at)
    }
  }

  private func endsOfLink<Process: LinkedProcess>(_ input: ProcessLinkInput<Process>) async throws -> (LinkedRecord, LinkedRecord) {
    guard input.id != input.to else { throw Failure.invalid("to", SpineMessages.linkedToItself) }
    subject(input.id)
    let left = try await Process.find(input.id, in: self)
    do {
      return (left, try await Process.find(input.to, in: self))
    } catch let failure as Failure where failure.kind == .notFound {
      throw unknownReference("to")
    }
  }

  private func processLink(_ left: LinkedRecord, _ right: LinkedRecord, _ kind: ProcessLinkKind) -> ProcessLink {
    let (from, to) = kind.ends(left.subject.id, right.subject.id)
    return ProcessLink(provider: provider.id, process: left.subject.kind, from: from, to: to, kind: kind, actor: actor, now: now)
  }

  /// In the history of both, to whoever sees the other end as well; always in one order, so that two people do not wait for each other.
  private func note<Process: LinkedProcess>(
    _ what: String, _ left: LinkedRecord, _ right: LinkedRecord, _ input: ProcessLinkInput<Process>
  ) -> Done {
    let told = [Value.Member("kind", .text(input.kind.rawValue)), Value.Member("from", .id(input.id)), Value.Member("to", .id(input.to))]
    let ends = [(left, right), (right, left)].sorted { $0.0.subject.id < $1.0.subject.id }
    for (own, other) in ends {
      let hidden = other.customer.map { [Value.Member(ProcessEventPayload.customerKey, .integer($0.rawValue))] } ?? []
      transaction.enqueue(
        Process.Note("\(own.subject.kind).\(what)", .object(told + hidden), on: own.subject.id, of: provider.id, by: actor, at: now))
    }
    return Done(id: input.id, version: left.version)
  }
}
