import Kernel
import Knowledge
import Operations
import Postgres
import Requests

/// Published articles that are to be looked through, by who began them.
struct ArticleReviewsToTell: Statement {
  let ids: [Int64]

  static let sql = """
    select a.article_id, a.public_id, a.review_due_on, a.number, a.title, a.author_id, a.only_tenant_id
    from knowledge.pub_article_review a where a.article_id = any ($1)
    """

  func bind(to parameters: inout Parameters) { parameters.append(ids) }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    let (id, publicId, dueOn): (Int64, [UInt8], CalendarDate) = (try row.next(), try row.next(), try row.next())
    let (number, title): (Int64, LocalText) = (try row.next(), LocalText(try row.next() as Value))
    let thing = ToldReminder.Thing.article(number: ArticleNumber.text(number), title: title)
    let told = ToldReminder(
      thing: thing, publicId: publicId, dueOn: dueOn, owner: try row.next(), person: nil, about: try row.next())
    return (id, .reminder(told))
  }
}

/// Access reviews that go on, by who is to look; of the provider's own it is one of the staff. Who has left, or may not decide any more, is nobody.
struct AccessReviewsToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]
  let now: Instant

  static let sql = """
    select w.review_id, w.public_id, w.due_on, w.resource, \(Persons.staff), case when \(ReviewerRight.mayDecide) then p.id end
    from requests.pub_access_review w left join tenancy.person p on p.tenant_id = w.tenant_id and p.id = w.reviewer_id
    where w.tenant_id = $1 and w.review_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
    parameters.append(ReviewerRight.permission)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    let (id, publicId, dueOn): (Int64, [UInt8], CalendarDate) = (try row.next(), try row.next(), try row.next())
    let thing = ToldReminder.Thing.accessReview(resource: try row.next())
    return (id, .reminder(try ToldReminder(thing, publicId, dueOn, &row)))
  }
}

/// Handbooks that are to be looked through, with who answers for the process and who runs it, by their public ids.
struct HandbookReviewsToTell: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let dueOn: CalendarDate
    let process: String
    let owner: [UInt8]?
    let manager: [UInt8]?
  }

  let ids: [Int64]

  static let sql = """
    select h.handbook_id, h.public_id, h.review_due_on, h.process, h.owner, h.manager from handbooks.pub_review h where h.handbook_id = any ($1)
    """

  func bind(to parameters: inout Parameters) { parameters.append(ids) }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (id, publicId, dueOn): (Int64, [UInt8], CalendarDate) = (try row.next(), try row.next(), try row.next())
    let (process, owner, manager): (String, String?, String?) = (try row.next(), try row.next(), try row.next())
    return Found(
      id: id, publicId: publicId, dueOn: dueOn, process: process, owner: owner.flatMap { PublicId($0)?.random },
      manager: manager.flatMap { PublicId($0)?.random })
  }

  static func load(_ ids: [Int64], of provider: TenantId, in transaction: Transaction) async throws -> [(id: Int64, matter: AccountMatter)] {
    let found = try await transaction.query(HandbookReviewsToTell(ids: ids))
    let named = found.flatMap { [$0.owner, $0.manager].compactMap { $0 } }
    let accounts = try await transaction.query(AccountsOfStaff(provider: provider, publicIds: named))
    func account(_ bits: [UInt8]?) -> Int64? { accounts.first { $0.publicId == bits }?.id }
    return found.map { one in
      let told = ToldReminder(
        thing: .handbook(process: one.process), publicId: one.publicId, dueOn: one.dueOn, owner: account(one.owner), person: nil,
        manager: account(one.manager), about: nil)
      return (id: one.id, matter: .reminder(told))
    }
  }
}

/// CIs with a warranty, by who answers for them; for what is the provider's own it is one of the staff. Who has left, or may not sign in any more, is
/// nobody.
struct WarrantiesToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select c.ci_id, c.public_id, c.warranty_until, c.name, \(Persons.staff), \(Persons.present)
    from assets.pub_warranty c left join tenancy.person p on p.tenant_id = c.tenant_id and p.id = c.owner_id
    where c.tenant_id = $1 and c.ci_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    let (id, publicId, day): (Int64, [UInt8], CalendarDate) = (try row.next(), try row.next(), try row.next())
    let thing = ToldReminder.Thing.warranty(name: try row.next())
    return (id, .reminder(try ToldReminder(thing, publicId, day, &row)))
  }
}

/// The accounts of some of the staff.
struct AccountsOfStaff: Statement {
  let provider: TenantId
  let publicIds: [[UInt8]]

  static let sql = "select a.id, a.public_id from tenancy.account a where a.tenant_id = $1 and a.public_id = any ($2) and a.kind = 'staff'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicIds)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, publicId: [UInt8]) { (try row.next(), try row.next()) }
}

/// Of a person `p` who is to see to something.
private enum Persons {
  /// The account of one of the staff.
  static let staff = """
    (select a.id from tenancy.account a where a.tenant_id = p.tenant_id and a.person_id = p.id and a.kind = 'staff' and a.state = 'active'
     order by a.id limit 1)
    """
  /// The person, who can be told.
  static let present = """
    case when p.left_at is null and coalesce(
      (select bool_or(a.state = 'active') from tenancy.account a where a.tenant_id = p.tenant_id and a.person_id = p.id), true) then p.id end
    """
}

extension ToldReminder {
  /// Whose it is follows: ``Persons``.
  fileprivate init(_ thing: Thing, _ publicId: [UInt8], _ dueOn: CalendarDate, _ row: inout RowReader) throws {
    let (owner, person): (Int64?, Int64?) = (try row.next(), try row.next())
    self.init(thing: thing, publicId: publicId, dueOn: dueOn, owner: owner, person: owner == nil ? person : nil, about: nil)
  }
}
