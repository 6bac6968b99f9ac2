import Kernel
import Operations

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
package protocol LinkedProcess: Sendable {
  /// By which its history is told.
  associatedtype Note: NoteStatement
  /// The fields that name both ends, and what the one is to the other.
  static var id: Field<PublicId> { get }
  static var kind: Field<String> { get }
  static var to: Field<PublicId> { get }
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

/// Links between problems, and between changes. They need no version and raise none: they stand beside both.
extension OperationContext {
  package func link<Process: LinkedProcess>(_ input: ProcessLinkInput<Process>) async throws -> Done {
    let (left, right) = try await endsOfLink(input)
    let link = processLink(left, right, input.kind)
    if input.kind != .relatesTo {
      let (_, reached) = try await transaction.query(
        LockProcessLinks(provider: provider.id, process: link.process),
        ReachedByLinks(provider: provider.id, process: link.process, from: link.to, kind: link.kind))
      guard !reached.contains(link.from) else { throw Failure.invalid("to", SpineMessages.linkCircle) }
    }
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
    let (from, to) = (left.subject.id, right.subject.id)
    let isTurned = kind == .relatesTo && from > to
    return ProcessLink(
      provider: provider.id, process: left.subject.kind, from: isTurned ? to : from, to: isTurned ? from : to, kind: kind, actor: actor, now: now)
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
