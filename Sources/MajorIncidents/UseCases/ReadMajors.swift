import Attributes
import Desk
import Kernel
import Operations

package enum ReadMajor: Operation {
  package typealias Input = MajorReference

  package static let declaration = Declaration(
    "major_incident.read", "Read a major incident, with who leads it and to whom it is offered.", zh: "查看重大事件及其负责人与移交。", permission: MajorRights.read,
    roles: MajorRights.readers, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorDetail {
    let row = try await context.major(input.id)
    let count = ChildCount(provider: context.provider.id, major: row.id, customers: context.reachableCustomers)
    let record = MajorRecord(line: MajorLine(row, in: context), count: try await context.transaction.first(count) ?? (0, 0))
    return MajorDetail(record: record, offer: try await context.standingOffer(of: .majorIncident(row.id)))
  }
}

package enum ListMajors: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let state: String?
    let lead: PublicId?
    let unowned: Bool
    let offered: Bool
    let attribute: String?
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id("customer", .customer, "Only those with an incident of this customer.", "仅限涉及此客户的重大事件。").optional
    private static let state = Field.oneOf(
      "state", ["open"] + MajorState.allCases.map(\.rawValue), "Only those in this state; open: declared or mitigated.",
      "仅限此状态；open 表示 declared 或 mitigated。"
    ).optional
    private static let lead = Field.id("lead", .staff, "Only those that he leads.", "仅限此人负责的重大事件。").optional
    package static let fields: [any InputField] = [
      customer, state, lead, OfferFields.unowned, OfferFields.offered, AttributeFields.filter, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      state = try values[Self.state]
      lead = try values[Self.lead]
      unowned = try values[OfferFields.unowned] ?? false
      offered = try values[OfferFields.offered] ?? false
      attribute = try values[AttributeFields.filter]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String { "\(customer?.description ?? "")/\(state ?? "")/\(lead?.description ?? "")/\(unowned)/\(offered)/\(attribute ?? "")" }

    fileprivate var states: [MajorState]? {
      state.map { state in MajorState(rawValue: state).map { [$0] } ?? MajorState.allCases.filter(\.isOpen) }
    }
  }

  package static let declaration = Declaration(
    "major_incident.list", "List the major incidents that the caller may see, the newest first.", zh: "列出有权查看的重大事件，最新的在前。",
    permission: MajorRights.read, roles: MajorRights.readers, reach: .homeOr(by: "customer", andProvider: true), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<MajorLine> {
    guard context.principal.side == .staff else { throw Failure.notFound }
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    if let lead = input.lead {
      guard try await context.transaction.first(StaffToFilterBy(provider: context.provider.id, publicId: lead)) != nil else {
        throw context.unknownReference("lead")
      }
    }
    let offeredTeams = try await input.offered ? context.teamsToAnswerFor() : []
    let attribute = try await context.attributeFilter(input.attribute, of: .majorIncident)
    let majors = MajorsOfProvider(
      reader: context.majorReader, states: input.states, lead: input.lead, isOffered: input.offered, offeredTeams: offeredTeams, attribute: attribute,
      isUnowned: input.unowned,
      before: try after.map { (declaredAt: try $0.instant(0), id: try $0.integer(1)) },
      limit: limit + 1)
    let customers = input.customer == nil ? majors.reader.customers : [context.tenant.id.rawValue]
    let rows: [MajorRow]
    if let customers {
      let ofThese = MajorsOfCustomers(majors: majors, customers: customers, includesOwn: input.customer == nil)
      rows = try await context.transaction.query(ofThese)
    } else {
      rows = try await context.transaction.query(majors)
    }
    return context.listing(
      rows, limit: limit, filter: input.filterText, key: { PageCursor([.integer($0.declaredAt.microseconds), .integer($0.id)]) }
    ) { MajorLine($0, in: context) }
  }
}

/// The incidents that are part of it, and what became of their ending with it.
package enum ListMajorIncidents: Operation {
  package typealias Input = PageOfMajor

  package static let declaration = Declaration(
    "major_incident.incidents", "List the incidents that are part of a major incident, of the customers that the caller serves.",
    zh: "列出重大事件所属的事件（仅限所服务的客户）。", permission: MajorRights.read, roles: MajorRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<MajorChild> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let major = try await context.major(input.id)
    let links = try await context.transaction.query(
      ChildrenOfMajor(
        provider: context.provider.id, major: major.id, customers: context.reachableCustomers, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let incidents = try await context.incidents(links, of: major)
    // Tickets are never deleted, so each link has its incident.
    let rows = links.compactMap { link -> MajorChild? in
      incidents[link.ticket].map {
        MajorChild(
          link: link, incident: $0, number: IncidentView.number(of: $0.code, $0.number),
          reason: link.isToBeResolved ? nil : LocalText($0.words).text(context.language))
      }
    }
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.link.id)]) }, element: { $0 })
  }
}

extension OperationContext {
  /// Incidents of several customers by their rows, whose ids no two customers share. Only for operations that read.
  func incidents(_ links: [ChildrenOfMajor.Found], of major: MajorRow) async throws -> [Int64: IncidentsOfMajor.Found] {
    guard !links.isEmpty else { return [:] }
    let statement = IncidentsOfMajor(tenants: links.map(\.tenant), tickets: links.map(\.ticket), major: major.publicId)
    let found = try await bound(to: Set(links.map(\.tenant)).sorted()) { try await $0.query(statement) }
    return Dictionary(found.map { ($0.ticket, $0) }) { first, _ in first }
  }
}

/// An event of a major incident's history.
package struct MajorEventRecord: ProcessEventRecord {
  package let event: ToldEvent

  package init(_ event: ToldEvent) { self.event = event }

  package static let fields: [OutputField<MajorEventRecord>] = MajorEventRecord.told(first: "major_incident.declared")
}

package enum ReadMajorHistory: Operation {
  package typealias Input = PageOfMajor

  package static let declaration = Declaration(
    "major_incident.history", "Read what happened to a major incident, in order.", zh: "按顺序查看重大事件的历史。", permission: MajorRights.read,
    roles: MajorRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<MajorEventRecord> {
    try await context.history(of: .majorIncident, input.id, input.limit, input.cursor) {
      let major = try await context.major(input.id)
      return (.majorIncident(major.id), major.declaredAt)
    }
  }
}

/// A major incident that an incident is part of, or was.
package struct MajorOfIncident: OperationOutput {
  let line: MajorLine
  let linkedAt: Instant
  let endedAt: Instant?

  package static let fields: [OutputField<MajorOfIncident>] =
    MajorLine.facts { $0.line } + [
      OutputField("linkedAt", .instant, "When the incident became part of it.", "关联时间。") { .instant($0.linkedAt) },
      OutputField("endedAt", .instant, "Until when it was; null: it is.", "解除关联的时间；仍关联时为 null。") { .instant($0.endedAt) },
    ]
}

package enum ListMajorsOfIncident: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.major_incidents", "List the major incidents that an incident is part of, or was, the newest first.", zh: "列出事件所属（或曾属）的重大事件，最新的在前。",
    permission: MajorRights.read, roles: MajorRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<MajorOfIncident> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let ticket = try await context.ticket(input.id)
    let rows = try await context.transaction.query(
      MajorsOfTicket(
        reader: context.majorReader, tenant: context.tenant.id, ticket: ticket.id, before: try after?.integer(0) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.child)]) }) { row in
      MajorOfIncident(line: MajorLine(row.row, in: context), linkedAt: row.linkedAt, endedAt: row.endedAt)
    }
  }
}
