import Catalog
import ContractFiles
import Kernel
import Operations
import TestSupport
import Testing

/// The whole catalogue as a file.
@Suite struct FileTests {
  @Test func theExampleIsAppliedOnceAndComesBack() async throws {
    let world = try await CatalogWorld(applied: false)
    let example = try CatalogWorld.example()
    let planned = try await world.plan(example)
    #expect(planned.prefix(3) == ["create family WORKPLACE", "create family NETWORK", "create family PROJECTS"])
    #expect(planned.contains("publish offering WAN-SITE") && planned.contains("change service REMOTE-ACCESS (needs): MANAGED-WAN, SERVICE-DESK"))
    #expect(try await world.call("service_family.list", [:]).at("items") == .array([]), "a plan changes nothing")
    try await world.apply(example)
    #expect(try await world.plan(example) == [])
    let exported = try await world.call("catalogue.export", [:])
    let yaml = try YAMLText.text(exported.at("catalogue"))
    let read = try YAMLDocument(yaml).value
    #expect(try await world.plan(read) == [], "\(yaml)")
    // The same again from the file that came back, and the same text.
    #expect(try YAMLText.text(try await world.call("catalogue.export", [:]).at("catalogue")) == yaml)
    let second = try await CatalogWorld(applied: false)
    try await second.apply(read)
    #expect(try YAMLText.text(try await second.call("catalogue.export", [:]).at("catalogue")) == yaml)
  }

  @Test func aPlanNamesWhatDiffers() async throws {
    let world = try await CatalogWorld()
    let example = try CatalogWorld.example()
    func changed(_ path: String, _ value: Value?) async throws -> [String] { try await world.plan(example.setting(path, value)) }
    let offering = "families.0.services.0.offerings.0"
    let told = try await world.apply(example.setting("families.0.name.en", "Desks"), planOnly: true).at("steps.0")
    #expect(told.at("englishDetails").array?.compactMap(\.text) == ["Name from “Workplace services” to “Desks”"], "\(told)")
    let staged = try await world.apply(example.setting("\(offering).tasks.0.team", "Network"), planOnly: true).at("steps.0")
    #expect(staged.at("chineseDetails").array?.first?.text?.contains("改为Network") ?? false, "\(staged)")
    #expect(try await changed("families.0.name.en", "Desks") == ["change family WORKPLACE: name"])
    #expect(try await changed("families.1.services.0.stages.operation", "2024-01-16") == ["change service MANAGED-WAN: stages"])
    #expect(try await changed("\(offering).scope.en", "New") == ["publish offering SD-NEW-USER: scope"])
    #expect(try await changed("\(offering).tasks.0.team", "Network") == ["publish offering SD-NEW-USER: tasks"])
    #expect(try await changed("\(offering).form.0", nil) == ["publish offering SD-NEW-USER: form"])
    #expect(try await changed("\(offering).state", "retired") == ["retire offering SD-NEW-USER"])
    #expect(try await changed("families.1.services.1.needs.1", nil) == ["change service REMOTE-ACCESS (needs): MANAGED-WAN"])
    // A retirement with another content besides would lose that, and be refused the next time.
    let refused = await violations {
      try await world.apply(example.setting("\(offering).state", "retired").setting("\(offering).name.en", "Newcomer"), planOnly: true)
    }
    #expect(refused == ["families[0].services[0].offerings[0].state catalogue.retired_changes"])
    // What the file does not name stays.
    #expect(try await changed("families.0", nil) == [])
    #expect(try await changed(offering, nil) == [])
    let chinese = try await world.apply(example.setting("families.0.name.en", "Desks"), planOnly: true)
    #expect(chinese.at("steps.0.chinese") == "变更服务族 WORKPLACE")
  }

  /// Every break, control and blank of a text comes back as it was: a browser sends CR LF.
  @Test func textsComeBackAsTheyWere() throws {
    let special = (0x01...0x20).compactMap(Unicode.Scalar.init) + ["\u{7F}", "\u{85}", "\u{A0}", "\u{2028}", "\u{2029}"]
    // A byte order mark comes back but at the beginning of a text, where the library takes it for one.
    var texts = ["a\r\nb\r\n\r\nc", "a\r\n- b\nc", "\r\n", "a\n\u{2028}b", "a\u{FEFF}b", "a\u{FEFF}"]
    for scalar in special {
      let text = String(scalar)
      texts += ["a\(text)b", "\(text)a", "a\(text)", "a\n\(text)b", "a\(text)\nb", text]
    }
    for text in texts {
      let written = try YAMLText.text(.object(["text": .text(text)]))
      #expect(Array((try YAMLDocument(written).value.at("text").text ?? "").unicodeScalars) == Array(text.unicodeScalars), "\(written.debugDescription)")
    }
  }

  @Test func whatIsWrongIsToldByItsPlace() async throws {
    let world = try await CatalogWorld()
    let example = try CatalogWorld.example()
    func refused(_ path: String, _ value: Value?) async throws -> [String] {
      await violations { try await world.apply(example.setting(path, value), planOnly: true) }
    }
    let (service, offering) = ("families[0].services[0]", "families[0].services[0].offerings[0]")
    #expect(try await refused("families.0.services.0.mode", "free") == ["\(service).mode input.choice"])
    #expect(try await refused("families.0.services.0.code", "desk") == ["\(service).code catalog.bad_code"])
    #expect(try await refused("families.0.services.0.stages.design", nil) == ["\(service).stages service.stage_fixed"])
    #expect(try await refused("families.0.services.0.stages.design", "2019-02-01") == ["\(service).stages.design service.stage_order"])
    #expect(try await refused("families.0.services.0.offerings.0.tasks.1.team", "Nobody") == ["\(offering).tasks[1].team offering.unknown_team"])
    #expect(try await refused("families.0.services.0.offerings.0.form.4.shownWhen.equals", "x") == ["\(offering).form[4].shownWhen.equals form.never_shown"])
    #expect(try await refused("families.0.services.0.offerings.0.state", "draft") == ["\(offering).state catalogue.published"])
    #expect(try await refused("families.1.services.1.needs.0", "NOTHING") == ["families[1].services[1].needs catalog.unknown_code"])
    #expect(try await refused("families.1.services.0.needs", .array(["CLOUD-MIGRATION"])) == ["families[1].services[0].needs service.circle"])
    #expect(try await refused("families.1.code", "WORKPLACE") == ["families[1].code catalogue.repeated"])
    // As YAML reads an unquoted text with a comma: {en: Desk, all days}.
    #expect(try await refused("families.0.name.all days", .null) == ["families[0].name.all days input.unknown_field"])
    #expect(try await refused("families.1.services.0.offerings.0.code", "SD-NEW-USER").contains("families[1].services[0].offerings[0].code catalogue.repeated"))
    // With the line of the file.
    let document = try YAMLDocument("families:\n- code: A1\n  name: {en: A}\n  services:\n  - code: B1\n    mode: free\n")
    #expect(document.line(of: "families[0].services[0].mode") == 6)
  }

  @Test func anApplyIsAllOrNothingAndForTheRevisionThatWasSeen() async throws {
    let world = try await CatalogWorld()
    let example = try CatalogWorld.example().setting("families.0.name.en", "Desks")
    let planned = try await world.apply(example, planOnly: true)
    let family = try await world.found("service_family.list", "NETWORK")
    try await world.call("service_family.change", ["id": family.at("id"), "name": .object(["en": "Networks"])], version: family.at("version"))
    await expectFailure(.versionMismatch) {
      try await world.call("catalogue.apply", ["families": example.at("families"), "revision": planned.at("revision")])
    }
    #expect(try await world.found("service_family.list", "WORKPLACE").at("name.en") == "Workplace services")
    try await world.apply(example)
    #expect(try await world.found("service_family.list", "WORKPLACE").at("name.en") == "Desks")
  }

  @Test func aDraftThatIsDroppedIsSaid() async throws {
    let world = try await CatalogWorld()
    let site = try await world.found("offering.list", "WAN-SITE")
    try await world.call("offering.draft", ["id": site.at("id"), "name": .object(["en": "Draft"])], version: site.at("version"))
    let example = try CatalogWorld.example().setting("families.1.services.0.offerings.0.scope.en", "New")
    #expect(try await world.plan(example) == ["publish offering WAN-SITE: scope, a draft that was written since is dropped"])
  }

  @Test func textsThatLookLikeSomethingElseComeBackAsTexts() throws {
    for text in [
      "true", "null", "12", "1.5", "~", "a: b", "- a", "# a", " a", "a ", "a\nb", "a\nb\n", "\n a", "“", "2026-03-01", "yes", "", "'", "\"", "{", "a #b",
      "中文：是",
    ] {
      let yaml = try YAMLText.text(.object(["x": .text(text)]))
      #expect(try YAMLDocument(yaml).value.at("x") == .text(text), "\(yaml)")
    }
  }
}
