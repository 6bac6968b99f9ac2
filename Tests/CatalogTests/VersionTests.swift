import Kernel
import Operations
import TestSupport
import Testing

@testable import Catalog

/// Published versions: each can be read, and two can be compared.
@Suite struct VersionTests {
  private let place = "families.1.services.0.offerings.0"

  @Test func everyVersionIsReadAndCompared() async throws {
    let world = try await CatalogWorld()
    let example = try CatalogWorld.example()
    let field = Value.object(["key": "cost_centre", "label": .object(["en": "Cost centre", "zh-Hans": "成本中心"]), "type": "text"])
    let form = (example.at("\(place).form").array ?? []) + [field]
    try await world.apply(
      example.setting("\(place).coverage", .object(["en": "Office hours", "zh-Hans": "工作时间"])).setting("\(place).prices.1.amount", "410.00")
        .setting("\(place).form", .array(form)))
    try await world.apply(example.setting("\(place).tasks.0.team", "Service Desk"))
    let site = try await world.found("offering.list", "WAN-SITE")
    let versions = try await world.call("offering.versions", ["id": site.at("id")]).at("items").array ?? []
    #expect(versions.map { $0.at("published") } == [3, 2, 1])
    let first = try await world.call("offering.read", ["id": site.at("id"), "published": 1])
    let second = try await world.call("offering.read", ["id": site.at("id"), "published": 2])
    #expect(first.at("shown") == 1 && first.at("published") == 3 && first.at("content.coverage") == example.at("\(place).coverage"))
    #expect(second.at("content.prices.1.amount") == "410.00" && second.at("content.tasks").array?.isEmpty == false)
    for wrong in [4, Int64.max] {
      #expect(
        await violations { try await world.call("offering.read", ["id": site.at("id"), "published": .integer(wrong)]) }
          == ["published offering.no_version"])
    }
    func compare(_ input: KeyValuePairs<String, Value>) async throws -> Value {
      let members = [Value.Member("id", site.at("id"))] + input.map { Value.Member($0.key, $0.value) }
      return try await world.database.dispatcher.invoke("offering.compare", .object(members), as: world.manager, Call(requestId: "test")).value
    }
    let changes = try await compare(["from": 1, "to": 2]).at("changes").array ?? []
    #expect(changes.map { $0.at("field") } == ["coverage", "prices.Operation.amount", "form.cost_centre"])
    #expect(changes.first?.at("english") == "Coverage from “24 hours a day, all days.” to “Office hours”")
    #expect(changes.first?.at("chinese") == "服务时间由“7×24 小时。”改为“工作时间”")
    #expect(changes.first?.at("before") == example.at("\(place).coverage") && changes.first?.at("after.zh-Hans") == "工作时间")
    #expect(changes.last?.at("english") == "field “Cost centre” added to the order form" && changes.last?.at("chinese") == "申请表单新增字段“成本中心”")
    #expect(changes.dropFirst().first?.at("english") == "price “Operation”: amount from EUR 390.00 to EUR 410.00")
    // Without numbers: the newest against the one before it.
    let newest = try await compare([:])
    #expect(newest.at("from") == 2 && newest.at("to") == 3)
    #expect(newest.at("changes").array?.contains { $0.at("english").text?.contains("team from") ?? false } == true)
    // With a draft, it against the newest.
    try await world.call("offering.draft", ["id": site.at("id"), "name": .object(["en": "Site"])], version: site.at("version"))
    let drafted = try await compare([:])
    #expect(drafted.at("from") == 3 && drafted.at("to") == .null && drafted.at("changes.0.field") == "name")
    #expect(await violations { try await compare(["from": 9]) } == ["from offering.no_version"])
    #expect(await violations { try await compare(["to": 9]) } == ["to offering.no_version"], "the number that was given")
    let blank = try await world.call(
      "offering.create", ["service": site.at("service"), "code": "WAN-BLANK", "name": .object(["en": "Blank"])])
    #expect(await violations { try await world.call("offering.compare", ["id": blank.at("id"), "from": 1]) } == ["offering.not_published"])
    #expect(versions.map { $0.at("name.en") } == Array(repeating: example.at("\(place).name.en"), count: 3))
  }

  /// What was ordered is told as it was: the description, the price and the approval of that version.
  @Test func aRequestShowsWhatWasOrdered() async throws {
    let world = try await CatalogWorld()
    let example = try CatalogWorld.example()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let site = try await world.found("offering.list", "WAN-SITE")
    _ = try await world.contract(of: world.acme, selling: ["offering": site.at("id")])
    let made = try await world.call(
      "request.submit",
      ["offering": site.at("id"), "published": 1, "answers": .object(["address": "Hafenstraße 1", "users": 12])], as: customer)
    try await world.apply(
      example.setting("\(place).prices.1.amount", "410.00").setting("\(place).scope.en", "Another")
        .setting("\(place).approval", .object(["rule": "any", "roles": .array([.object(["en": "Board"])])])))
    let read = try await world.call("request.read", ["id": made.at("id")], as: customer)
    #expect(read.at("published") == 1)
    for part in ["scope", "prices", "approval", "form"] {
      #expect(read.at("content.\(part)") == example.at("\(place).\(part)"), "\(part)")
    }
    #expect(read.at("content.tasks") == .null, "how it is fulfilled is the provider's own")
    // Another than the newest is told with the request, not with the offering.
    #expect(
      await violations { try await world.call("offering.read", ["id": site.at("id"), "published": 1], as: customer) } == ["published offering.no_version"])
    await expectFailure(.denied) { try await world.call("offering.versions", ["id": site.at("id")], as: customer) }
    let listed = try await world.call("request.list", [:], as: customer).at("items.0")
    #expect(listed.at("form") == read.at("form") && listed.at("offeringName") == read.at("offeringName") && listed.at("content") == .null)
  }

  // MARK: Words

  private func content(_ members: KeyValuePairs<String, Value>) throws -> OfferingContent {
    try OfferingContent.read(.object([Value.Member("name", .object(["en": "A", "zh-Hans": "甲"]))] + members.map { Value.Member($0.key, $0.value) }))
  }

  private func words(_ before: KeyValuePairs<String, Value>, _ after: KeyValuePairs<String, Value>) throws -> [String] {
    let changes = ContentDifference(from: try content(before), to: try content(after)).changes
    return changes.flatMap { ["\($0.field): \(ContentWords(.english).sentence($0))", ContentWords(.chinese).sentence($0)] }
  }

  @Test func eachKindOfDifferenceHasItsWords() throws {
    func text(_ english: String, _ chinese: String) -> Value { .object(["en": .text(english), "zh-Hans": .text(chinese)]) }
    func target(_ seconds: Int64, _ more: KeyValuePairs<String, Value> = [:]) -> Value {
      let members = [Value.Member("metric", "response"), Value.Member("priority", 1), Value.Member("budgetSeconds", .integer(seconds))]
      return .object(members + more.map { Value.Member($0.key, $0.value) })
    }
    #expect(try words([:], [:]) == [])
    #expect(
      try words(["targets": .array([target(1800)])], ["targets": .array([target(900, ["objective": "95"])])]) == [
        "targets.response.P1.budget: service level Response P1: target from 30 min to 15 min", "服务级别响应 P1：目标由30分钟改为15分钟",
        "targets.response.P1.objective: service level Response P1: objective now 95 %", "服务级别响应 P1：达标率新增95 %",
      ])
    #expect(
      try words(["coverage": text("Always", "全天")], ["coverage": text("Always", "全年")]) == [
        "coverage: Coverage: another wording in Chinese", "服务时间由“全天”改为“全年”",
      ])
    // Of a text that only breaks its lines elsewhere nothing else is said, whether or not there is another language.
    #expect(
      try words(["inclusions": .object(["en": "- A - B"])], ["inclusions": .object(["en": "- A\n- B"])]) == [
        "inclusions: Included: other line breaks or spaces", "包含内容：换行或空格有改动",
      ])
    #expect(try words(["scope": text("One\nTwo", "一")], [:]) == ["scope: Scope “One Two” no longer", "不再有服务范围“一”"])
    let measures = ["Uptime", "Speed"].map { Value.object(["name": text($0, $0), "target": text("x", "x")]) }
    #expect(
      try words(["measures": .array(measures)], ["measures": .array(measures.reversed())]) == ["measures.order: measures in another order", "质量指标顺序有变"])
    #expect(
      try words([:], ["approval": .object(["rule": "all", "roles": .array([text("Head", "主管")]), "above": "10", "currency": "EUR"])]) == [
        "approval.rule: Approval from none to all roles", "审批由无需审批改为所有角色", "approval.roles: Roles that approve now “Head”", "审批角色新增“主管”",
        "approval.above: Approval above now EUR 10.00", "需审批的金额下限新增EUR 10.00",
      ])
    #expect(
      try words(["impact": 2], ["impact": 1, "urgency": 3]) == [
        "impact: Impact of an order from 2 to 1", "申请的影响由2改为1", "urgency: Urgency of an order now 3", "申请的紧急度新增3",
      ])
    // Of a long text what surrounds the first difference.
    let long = String(repeating: "abc ", count: 60)
    let sentence = try #require(try words(["scope": text(long + "one", "一")], ["scope": text(long + "two", "一")]).first)
    #expect(sentence.contains("one”") && sentence.contains("two”") && sentence.count < 250, "\(sentence)")
  }

  /// Names that are there twice, or look like the mark of it, are told apart, and end nothing.
  @Test func itemsOfOneNameAreTwo() throws {
    func price(_ name: String, _ amount: String) -> Value {
      .object(["name": .object(["en": .text(name)]), "amount": .text(amount), "currency": "EUR", "per": "once"])
    }
    let before = Value.array([price("A", "1.00"), price("A", "2.00"), price("A#2", "3.00")])
    let after = Value.array([price("A", "1.00"), price("A", "5.00"), price("A#2", "3.00")])
    #expect(try words(["prices": before], ["prices": after]).first == "prices.A#2.amount: price “A”: amount from EUR 2.00 to EUR 5.00")
    #expect(try words(["prices": before], ["prices": before]) == [])
    #expect(try words(["prices": .array([])], ["prices": after]).count == 6)
  }
}
