import Kernel
import Knowledge
import Operations
import Tenancy

/// A ticket of any kind that a search found.
package struct FoundTicket: OperationOutput {
  let id: PublicId
  let kind: TicketKind
  let number: String
  let customer: PublicId?
  let title: String
  let state: String
  let openedAt: Instant

  package static let fields: [OutputField<FoundTicket>] = [
    OutputField("id", .id, "The ticket; it is read by its kind.", "工单编号，按其类型查看。") { .id($0.id) },
    OutputField(
      "kind", .text, "incident, request, problem, change, release or major_incident.",
      "类型：incident 事件、request 请求、problem 问题、change 变更、release 发布、major_incident 重大事件。"
    ) { .text($0.kind.rawValue) },
    OutputField("number", .text, "Its number for people.", "工单号。") { .text($0.number) },
    OutputField(
      "customer", .id, "Whose it is, or whom alone what is the provider's own is about; null: several, or nobody in particular.",
      "所属客户；属于服务商的工单（问题、变更、发布、重大事件）则为其唯一涉及的客户，涉及多个或未指定时为 null。"
    ) { .id($0.customer) },
    OutputField("title", .text, "Its title; of a request what was ordered, in the caller's language.", "标题；请求则为所申请的服务项名称（按调用者的语言）。") {
      .text($0.title)
    },
    OutputField("state", .text, "Its state, one of its kind's.", "状态，取值依其类型而定。") { .text($0.state) },
    OutputField("openedAt", .instant, "When it was opened, submitted or declared.", "新建、提交或宣布的时间。") { .instant($0.openedAt) },
  ]
}

/// Finds tickets of all kinds by their words: of their texts, of what a request orders and answers, and of the comments that the caller may
/// read. Of each kind as far as he may read it.
package enum SearchTickets: Operation {
  package struct Input: OperationInput {
    let text: String
    let kind: TicketKind?
    let customer: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let text = Field.text(
      "text", 1...200, "Words that it must have, English or Chinese; or its number, such as ACME-REQ-000123.",
      "须包含的词语（中文或英文）；或工单号，例如 ACME-REQ-000123。")
    private static let kind = Field.oneOf("kind", TicketKind.allCases.map(\.rawValue), "Only this kind.", "仅限此类型。").optional
    private static let customer = Field.id(
      "customer", .customer, "Only this customer's, and what of the provider's own is about him; left out: those of all that the caller serves.",
      "仅限此客户的工单，及涉及该客户的问题、变更、发布与重大事件；不填则为所服务的全部客户。"
    ).optional

    package static let fields: [any InputField] = [text, kind, customer, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      text = try values[Self.text]
      kind = try values[Self.kind].flatMap(TicketKind.init(rawValue:))
      customer = try values[Self.customer]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String { "\(kind?.rawValue ?? "")/\(customer?.description ?? "")/\(text)" }
  }

  package static let declaration = Declaration(
    "ticket.search",
    "Find incidents, requests, problems, changes, releases and major incidents by their words, the newest first; of each kind those that the caller may read.",
    zh: "按词语查找事件、请求、问题、变更、发布与重大事件，最新在前；各类型均仅限有权查看的工单。",
    roles: [.administrator, .accountManager, .engineer, .finance, .customerManager, .requester], scopes: [.listed, .all, .tenant, .unit, .own],
    reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<FoundTicket> {
    let (limit, cursor) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let after = try cursor.map(TicketPlace.init)
    let sights = try await context.sights(of: input.kind, customer: input.customer)
    // Whoever types a number means that one; what speaks of it comes after it.
    let named = try await context.place(numbered: input.text, sights)
    var places = try await context.places(of: SearchQuery(input.text), sights, after: after, limit: limit + (named == nil ? 1 : 2))
    if let named {
      places.removeAll { $0.kind == named.kind && $0.id == named.id }
      if after == nil { places.insert(named, at: 0) }
    }
    let found = try await context.found(at: places, sights)
    let rows = places.compactMap { place -> (place: TicketPlace, ticket: FoundTicket)? in
      guard let ticket = found[place] else { return nil }
      return (place: place == named ? TicketPlace.first : place, ticket: ticket)
    }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.place.cursor }, element: { $0.ticket })
  }
}

extension OperationContext {
  /// What the caller may find: of each kind as far as he may read it.
  fileprivate func sights(of wanted: TicketKind?, customer: PublicId?) async throws -> [TicketSight] {
    var only: TenantId?
    if let customer {
      guard let entry = try await tenancy.tenant(customer.handle) else { throw unknownReference("customer") }
      only = entry.id
    }
    var sights: [TicketSight] = []
    for kind in TicketKind.allCases where wanted == nil || wanted == kind {
      guard !kind.isProvidersOwn || principal.side == .staff else { continue }
      let reading = kind.reading
      guard let access = principal.access(reading.permission, honouring: reading.scopes, at: now) else { continue }
      var tenants = access.tenants.map { $0.map(\.rawValue).sorted() }
      if let only {
        guard access.reaches(only) else { continue }
        tenants = [only.rawValue]
      }
      sights.append(TicketSight(kind: kind, tenants: tenants, isNarrowed: only != nil, rows: access.rows, reader: actor))
    }
    return sights
  }

  /// Where the ticket is whose number a text is. It is shown if the caller sees it.
  fileprivate func place(numbered text: String, _ sights: [TicketSight]) async throws -> TicketPlace? {
    guard let number = ThingNumber(text), let sight = sights.first(where: { $0.kind.idKind.prefix == number.kind }),
      let found = try await transaction.first(FindNumber(number: number)),
      let id = PublicId(kind: number.kind, handle: found.handle, random: found.random),
      let entry = try await transaction.first(FindTenant(handle: id.handle))
    else { return nil }
    // Nobody is bound to a customer whom he does not reach.
    guard sight.kind.isProvidersOwn || sight.tenants?.contains(entry.id.rawValue) ?? true else { return nil }
    let statement = RowOfTicket(kind: sight.kind, tenant: entry.id, publicId: id)
    guard let row = try await bound(to: [entry.id], { try await $0.first(statement) }) else { return nil }
    return TicketPlace(kind: sight.kind, tenant: entry.id, id: row, openedAt: TicketPlace.first.openedAt)
  }

  /// The next places of all kinds together.
  fileprivate func places(of query: SearchQuery, _ sights: [TicketSight], after: TicketPlace?, limit: Int64) async throws -> [TicketPlace] {
    guard !query.isEmpty else { return [] }
    var places: [TicketPlace] = []
    for sight in sights {
      let key = after?.key(for: sight.kind)
      let isStaff = principal.side == .staff
      // Behind a whole page of newer ones nothing is shown.
      let oldest = places.count < Int(limit) ? nil : places.last?.openedAt
      let found: [PlaceFound] =
        switch sight.kind {
        case .incident: try await transaction.query(IncidentPlaces(query: query, isStaff: isStaff, sight: sight, after: key, limit: limit))
        case .request, .problem, .change, .release, .majorIncident:
          try await transaction.query(ProcessPlaces(query: query, isStaff: isStaff, sight: sight, after: key, notBefore: oldest, limit: limit))
        }
      places += found.map { TicketPlace(kind: sight.kind, tenant: $0.tenant, id: $0.id, openedAt: $0.openedAt) }
      places = Array(places.sorted { $0.comesBefore($1) }.prefix(Int(limit)))
    }
    return places
  }

  /// What is at some places, as far as the caller sees it.
  fileprivate func found(at places: [TicketPlace], _ sights: [TicketSight]) async throws -> [TicketPlace: FoundTicket] {
    guard !places.isEmpty else { return [:] }
    return try await bound(to: Set(places.map(\.tenant)).sorted()) { transaction in
      var tickets: [TicketPlace: FoundTicket] = [:]
      for sight in sights {
        let own = places.filter { $0.kind == sight.kind }
        guard !own.isEmpty else { continue }
        let rows: [(row: FoundRow, code: String?)] =
          switch sight.kind {
          case .incident: try await transaction.query(IncidentsFound(places: own, sight: sight))
          case .request: try await transaction.query(RequestsFound(places: own, sight: sight))
          case .problem: try await transaction.query(ProblemsFound(places: own, sight: sight))
          case .change: try await transaction.query(ChangesFound(places: own, sight: sight))
          case .release: try await transaction.query(ReleasesFound(places: own, sight: sight))
          case .majorIncident: try await transaction.query(MajorsFound(places: own, sight: sight))
          }
        let byId = Dictionary(rows.map { ($0.row.id, $0) }) { first, _ in first }
        for place in own { tickets[place] = byId[place.id].map { ticket(sight.kind, $0.row, code: $0.code) } }
      }
      return tickets
    }
  }

  /// - Parameter code: in its number; nil: the provider's.
  private func ticket(_ kind: TicketKind, _ row: FoundRow, code: String?) -> FoundTicket {
    let prefix = kind.idKind.prefix
    let handle = kind.isProvidersOwn ? provider.handle : row.customer?.handle ?? provider.handle
    return FoundTicket(
      id: PublicId(kind: prefix, handle: handle, random: row.publicId) ?? .none(kind: prefix, handle: handle), kind: kind,
      number: "\(code ?? provider.code)-\(ThingNumber.letters(of: prefix))-\(pad(row.number, 6))", customer: row.customer,
      title: row.title.text ?? LocalText(row.title).text(language) ?? "", state: row.state, openedAt: row.openedAt)
  }
}
